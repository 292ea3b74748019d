/** Small elements that several views use. */

import type { EntrySummary, Outcome } from '../model/entry-summary.ts'
import { visibleLine } from '../model/visible.ts'
import { isoTime, moment, shortId, shortMoment } from '../model/words.ts'
import { type Child, h } from './element.ts'

const outcomeWords: Readonly<Record<Outcome, string>> = {
  returned: 'returned',
  thrown: 'threw an error',
  aborted: 'was stopped',
  skipped: 'was skipped',
}

/** The outcome of a call as a mark with words. */
export const outcomeMark = (outcome: Outcome, word: string = outcomeWords[outcome]): HTMLElement =>
  h('span', { class: `mark ${outcome}` }, word)

/** A time in words; the hint has the exact time. `ms`: since the epoch. */
export const timeElement = (ms: number, short = false): HTMLElement =>
  h(
    'time',
    { datetime: isoTime(ms), title: moment(ms), class: 'numbers' },
    short ? shortMoment(ms, Date.now()) : moment(ms),
  )

/** An id in a colour derived from it, so that a reader recognises it. Shortened unless `whole`. */
export function idElement(id: string, whole = false): HTMLElement {
  const dot = h('span', { class: 'dot', 'aria-hidden': 'true' })
  dot.style.setProperty('--hue', String(hueOf(id)))
  const shown = visibleLine(id)
  return h(
    'span',
    { class: whole ? 'id whole' : 'id', title: shown },
    dot,
    h('code', {}, whole ? shown : shortId(shown)),
  )
}

/** A hue from 0 to 359, equal for equal texts. */
function hueOf(text: string): number {
  let sum = 7
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 360
  return sum
}

/** A fact: its name, its value, and an optional explanation. */
export const fact = (name: string, value: Child, meaning = ''): HTMLElement =>
  h(
    'div',
    { class: 'fact' },
    h('dt', {}, name),
    h('dd', {}, value, meaning !== '' && h('p', { class: 'meaning' }, meaning)),
  )

/** A button that copies text and confirms it. */
export function copyButton(text: string, what: string): HTMLElement {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'aria-label': `Copy ${what}`,
      onclick: () => {
        navigator.clipboard?.writeText(text).then(
          () => {
            button.textContent = 'Copied'
          },
          () => {
            button.textContent = 'Not copied'
          },
        )
      },
    },
    'Copy',
  )
  return button
}

/** The calls of an entry in a few words: the method, or their number. */
export function callsText({ methods }: EntrySummary): string {
  const [first = '', ...others] = methods
  const same = others.every((method) => method === first)
  if (others.length === 0) return visibleLine(first)
  return same
    ? `${visibleLine(first)} × ${methods.length}`
    : `${visibleLine(first)} and ${others.length} more`
}

/** A sentence in the place of missing content. */
export const note = (text: string, kind: 'plain' | 'bad' = 'plain'): HTMLElement =>
  h('p', { class: `note ${kind}`, role: kind === 'bad' ? 'alert' : 'status' }, text)
