/** One entry in full: its calls, its caller, whether the caller's signature holds, and the outcomes. */
import type { CheckedCalls, VerifiedEntry } from '@vms/client'
import { bootReason, entryTypes } from '../model/entry-summary.ts'
import { routeTo } from '../model/route.ts'
import type { ServiceLink } from '../model/service-link.ts'
import { valueLines } from '../model/value-text.ts'
import { visibleLine } from '../model/visible.ts'
import { count, counted, duration, hex, moment, size } from '../model/words.ts'
import { type Child, fill, h } from '../widgets/element.ts'
import { fact, idElement, note, timeElement } from '../widgets/pieces.ts'
import { callOutcome, recordedOutcome } from './call-view.ts'

export class EntryView {
  readonly element: HTMLElement
  readonly index: number
  #link: ServiceLink
  #body = h('div', { class: 'entry-body' })
  #next: HTMLElement
  #closed = false
  #stop: () => void

  /** `onLeave`: called when the reader goes back to the list. */
  constructor(link: ServiceLink, index: number, onLeave: () => void) {
    this.index = index
    this.#link = link
    const heading = h('h2', { tabindex: -1 }, `Entry ${count(index)}`)
    const to = (other: number, label: string, text: string): HTMLElement =>
      h(
        'a',
        { class: 'step', href: routeTo(link.id, 'ledger', String(other)), 'aria-label': label },
        text,
      )
    this.#next = to(index + 1, 'The next entry, which came later', 'Later')
    this.#next.hidden = index + 1 >= link.store.length
    this.element = h(
      'article',
      {
        class: 'entry-full',
        onkeydown: (event) => {
          if (event.key === 'Escape') onLeave()
        },
      },
      h(
        'header',
        {},
        heading,
        h(
          'nav',
          { 'aria-label': 'Entries beside this one' },
          index > 0 && to(index - 1, 'The entry before, which came earlier', 'Earlier'),
          this.#next,
          h('button', { type: 'button', class: 'quiet', onclick: onLeave }, 'Close'),
        ),
      ),
      this.#body,
    )
    this.#stop = link.onUpdate(() => {
      this.#next.hidden = index + 1 >= link.store.length
    })
    fill(this.#body, note('Loading…'))
    void this.#load()
    requestAnimationFrame(() => heading.focus())
  }

  close(): void {
    this.#closed = true
    this.#stop()
  }

  async #load(): Promise<void> {
    const { ledger } = this.#link.client
    try {
      const verified = await ledger.entry(this.index)
      const { entry } = verified
      const checked = entry.type === 'calls' ? await ledger.calls(entry) : null
      if (this.#closed) return
      fill(this.#body, ...contents(verified, checked), proof(verified, ledger.head.length))
    } catch (error) {
      if (!this.#closed) fill(this.#body, note((error as Error).message, 'bad'))
      this.#link.fail(error as Error)
    }
  }
}

type EntryOf<T extends VerifiedEntry['entry']['type']> = Extract<
  VerifiedEntry['entry'],
  { readonly type: T }
>

function contents({ entry }: VerifiedEntry, checked: CheckedCalls | null): Child[] {
  switch (entry.type) {
    case 'genesis':
      return genesisContents(entry)
    case 'boot':
      return bootContents(entry)
    case 'init':
      return initContents(entry)
    case 'alarm':
      return alarmContents(entry)
    case 'calls':
      return callsContents(entry.time, checked as CheckedCalls, entry.outcomes)
    default:
      return [h('pre', {}, valueLines(entry))]
  }
}

function genesisContents(entry: EntryOf<'genesis'>): Child[] {
  return [
    h(
      'p',
      {},
      'The beginning of the ledger: the script, and the rules that bind the host for ever. The ledger’s address is made from it, so it cannot be exchanged.',
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('Title', visibleLine(entry.script.title)),
      fact(
        'Script',
        h('code', {}, visibleLine(entry.script.name)),
        size(new TextEncoder().encode(entry.script.source).length),
      ),
      fact(
        'Callers',
        entry.authentication === 'signed' ? 'sign each request' : 'give only a name',
        entry.authentication === 'signed'
          ? ''
          : 'For trying things out: anybody can pose as anybody.',
      ),
      fact(
        'A caller’s knowledge may be',
        counted(entry.window, 'entry', 'entries'),
        'old. A request that has seen less of the ledger is refused.',
      ),
      fact(
        'Started afresh after',
        counted(entry.epochCalls, 'call'),
        'Or earlier, if the calls wrote or used much.',
      ),
      fact('Called in checkpoints', visibleLine(entry.origin)),
      fact(
        'Engines',
        h('span', { class: 'list' }, ...entry.engines.map(engineText)),
        'A host that runs the script on another engine breaks the rules.',
      ),
    ),
  ]
}

function bootContents(entry: EntryOf<'boot'>): Child[] {
  return [
    h('p', {}, `${bootReason(entry.reason)}.`),
    h(
      'dl',
      { class: 'facts' },
      fact('Time', timeElement(entry.time), 'As the host’s clock had it.'),
      fact(
        'Methods',
        h(
          'span',
          { class: 'list' },
          ...entry.methods.map((name) => h('code', {}, visibleLine(name))),
        ),
      ),
      fact(
        'Engine',
        `V8 ${visibleLine(entry.engine.v8)}, ${visibleLine(entry.engine.arch)}`,
        'The host’s word; auditors know from it on what to repeat the calls.',
      ),
      fact('Hash of the script', h('code', { class: 'hash' }, hex(entry.scriptHash))),
    ),
    recordedOutcome(entry.outcome),
  ]
}

function initContents(entry: EntryOf<'init'>): Child[] {
  return [
    h('p', {}, 'The script ran its first preparations, before anyone could call it.'),
    h(
      'dl',
      { class: 'facts' },
      fact('Time', timeElement(entry.time), 'As the host’s clock had it.'),
    ),
    recordedOutcome(entry.outcome),
  ]
}

function alarmContents(entry: EntryOf<'alarm'>): Child[] {
  return [
    h(
      'p',
      {},
      'A call that the script had asked for earlier, at this time. Nobody signed it: an audit shows whether it was set.',
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('Due', timeElement(entry.due)),
      fact('Fired', timeElement(entry.time), `${duration(entry.time - entry.due)} later`),
      fact('Method', h('code', {}, visibleLine(entry.method))),
    ),
    recordedOutcome(entry.outcome),
  ]
}

function engineText({ v8, unicode, arch }: EntryOf<'genesis'>['engines'][number]): HTMLElement {
  return h('span', {}, visibleLine(`V8 ${v8}, Unicode ${unicode}, ${arch}`))
}

function callsContents(
  time: number,
  { caller, request, signature, calls }: CheckedCalls,
  outcomes: Extract<VerifiedEntry['entry'], { type: 'calls' }>['outcomes'],
): Child[] {
  return [
    signatureBox(signature),
    h(
      'dl',
      { class: 'facts' },
      fact('Caller', idElement(caller, true)),
      fact('Time', timeElement(time), 'As the host’s clock had it when the calls ran.'),
      fact(
        'Seen by the caller',
        counted(request.head.length, 'entry', 'entries'),
        'The request names the ledger as the caller had seen it; on another history it could not stand.',
      ),
      fact('Valid until', moment(request.expires)),
    ),
    h('h3', {}, counted(calls.length, 'call')),
    h(
      'ol',
      { class: 'calls' },
      ...calls.map((call, i) =>
        h('li', {}, callOutcome(call, outcomes[i] as (typeof outcomes)[number])),
      ),
    ),
  ]
}

function signatureBox(signature: CheckedCalls['signature']): HTMLElement {
  switch (signature) {
    case 'holds':
      return h(
        'p',
        { class: 'verdict good' },
        h('strong', {}, 'The caller’s signature holds. '),
        'Checked just now, in this page.',
      )
    case 'none':
      return h(
        'p',
        { class: 'verdict' },
        h('strong', {}, 'Not signed. '),
        'This service takes plain names instead of signatures, for trying things out.',
      )
    case 'wrong':
      return h(
        'p',
        { class: 'verdict bad', role: 'alert' },
        h('strong', {}, 'The caller’s signature does not hold. '),
        'The host recorded a request that this caller did not sign.',
      )
    default:
      return signature satisfies never
  }
}

const proof = ({ index, bytes, entry }: VerifiedEntry, length: number): HTMLElement =>
  h(
    'details',
    { class: 'proof' },
    h('summary', {}, 'How this is known'),
    h(
      'p',
      {},
      `These ${count(bytes.length)} bytes stand at place ${count(index)} of the ledger: they were hashed in this page, and the hashes lead to what the host has signed for the first ${counted(length, 'entry', 'entries')}. Whether the outcomes are what the script says, only a replay shows: `,
      h('code', {}, 'vms verify'),
      '.',
    ),
    h(
      'dl',
      { class: 'facts' },
      fact('Kind', entryTypes[entry.type]),
      fact(
        'Files after it',
        entry.files === null
          ? 'known only at the end of the group'
          : counted(Math.max(0, entry.files.dbLength - 1), 'change', 'changes'),
        entry.files === null
          ? 'Entries that were stored together are a group.'
          : 'Since the beginning of the ledger.',
      ),
    ),
  )
