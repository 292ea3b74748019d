/** One entry as a row of the list. */

import { type EntrySummary, entryTypes } from '../model/entry-summary.ts'
import { count } from '../model/words.ts'
import { h } from './element.ts'
import { callsText, idElement, outcomeMark, timeElement } from './pieces.ts'

export interface EntryRowOptions {
  readonly index: number
  readonly href: `#${string}`
  /** Null while the entry is loading. */
  readonly summary: EntrySummary | null
  /** Whether the page shows this entry in full. */
  readonly isOpen: boolean
}

export function entryRow({ index, href, summary, isOpen }: EntryRowOptions): HTMLElement {
  const number = h('span', { class: 'index numbers' }, count(index))
  const attributes = { class: 'entry', href, ...(isOpen && { 'aria-current': 'true' as const }) }
  if (!summary)
    return h('a', attributes, number, h('span', { class: 'coming', 'aria-label': 'loading' }))
  const { type, time, caller, outcome, line, methods } = summary
  return h(
    'a',
    attributes,
    number,
    h('span', { class: 'when' }, time === null ? null : timeElement(time, true)),
    methods.length > 0
      ? h(
          'span',
          { class: 'what' },
          type === 'alarm' && h('span', { class: 'kind' }, entryTypes.alarm),
          h('code', { class: 'method' }, callsText(summary)),
          ' ',
          line !== '' && h('code', { class: 'arguments' }, line),
        )
      : h(
          'span',
          { class: 'what' },
          h('span', { class: 'kind' }, entryTypes[type]),
          ' ',
          h('span', { class: 'arguments' }, line),
        ),
    h('span', { class: 'who' }, caller === null ? null : idElement(caller)),
    h('span', { class: 'came' }, outcome === null ? null : outcomeMark(outcome)),
  )
}
