/** One call and its outcome. */
import { type CheckedCalls, decodeValue, type Entry } from '@vms/client'
import { valueLines } from '../model/value-text.ts'
import { visibleLine, visibleText } from '../model/visible.ts'
import { count, counted } from '../model/words.ts'
import { type Child, h } from '../widgets/element.ts'
import { outcomeMark } from '../widgets/pieces.ts'

type Recorded = Extract<Entry, { type: 'calls' }>['outcomes'][number]
type Call = CheckedCalls['calls'][number]

/** A call: its method, its arguments, and its outcome. */
export function callOutcome({ method, args }: Call, recorded: Recorded): HTMLElement {
  const list = Array.isArray(args) ? args : [args]
  return h(
    'div',
    { class: 'call' },
    h('h4', {}, h('code', {}, visibleLine(method))),
    list.length === 0
      ? h('p', { class: 'meaning' }, 'without arguments')
      : h('pre', { class: 'value' }, list.map((argument) => valueLines(argument)).join(',\n')),
    recordedOutcome(recorded),
  )
}

/** The outcome of a call, its questions to oracles, and its fuel. */
export function recordedOutcome(recorded: Recorded): HTMLElement {
  const { status, fuel, changes, oracles } = recorded
  return h(
    'div',
    { class: 'outcome' },
    h(
      'p',
      { class: 'outcome-line' },
      outcomeMark(status),
      h('span', { class: 'meaning numbers' }, workDone(fuel, changes !== null)),
    ),
    ...result(recorded),
    oracles.length > 0 &&
      h(
        'details',
        {},
        h('summary', {}, `Asked the world outside ${counted(oracles.length, 'time')}`),
        h(
          'p',
          { class: 'meaning' },
          'What it was told is the host’s word; a replay is told the same.',
        ),
        h(
          'ol',
          { class: 'oracles' },
          ...oracles.map(({ name, args, value, error }) =>
            h(
              'li',
              {},
              h('code', {}, visibleLine(name)),
              h('pre', { class: 'value' }, valueLines(decodeValue(args))),
              h(
                'pre',
                { class: 'value' },
                value === null ? errorText(error) : valueLines(decodeValue(value)),
              ),
            ),
          ),
        ),
      ),
  )
}

const workDone = (fuel: number, wrote: boolean): string =>
  `${count(fuel)} units of work${wrote ? ', files changed' : ''}`

function result({ status, value, error, abort }: Recorded): Child[] {
  if (status === 'returned') {
    const returned = decodeValue(value as Uint8Array)
    return returned === undefined ? [] : [h('pre', { class: 'value' }, valueLines(returned))]
  }
  if (status === 'thrown') return [h('pre', { class: 'value' }, errorText(error))]
  if (status === 'aborted') {
    return [
      h(
        'p',
        {},
        'It went over a limit and left nothing: ',
        h('code', {}, visibleLine(abort ?? '')),
      ),
    ]
  }
  return [h('p', {}, 'It did not run, because of what came before it in the same request.')]
}

const errorText = (error: Recorded['error']): string =>
  error === null
    ? ''
    : visibleText(`${error.name}: ${error.message}${error.code === null ? '' : `\n${error.code}`}`)
