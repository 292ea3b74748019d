/** The filter over the entries: four fields that narrow the list as soon as they change. */

import type { Filter } from '../model/entry-filter.ts'
import { entryTypes } from '../model/entry-summary.ts'
import { visibleLine } from '../model/visible.ts'
import { h } from './element.ts'

/** Milliseconds after the last key before a search begins. */
const TYPING_MS = 250

/** Creates the fields. `methods`: names to choose from. */
export function filterBar(
  methods: readonly string[],
  onChange: (filter: Filter) => void,
): HTMLElement {
  let typing = 0
  const changed = (): void =>
    onChange({
      type: type.value as Filter['type'],
      method: method.value === '' ? '' : (methods[Number(method.value)] as string),
      outcome: outcome.value as Filter['outcome'],
      caller: caller.value.trim().toLowerCase(),
    })
  const choice = (id: string, any: string, options: readonly (readonly [string, string])[]) =>
    h(
      'select',
      { id, onchange: changed },
      h('option', { value: '' }, any),
      ...options.map(([value, text]) => h('option', { value }, text)),
    )
  const type = choice('filter-type', 'All kinds', Object.entries(entryTypes))
  const method = choice(
    'filter-method',
    'All methods',
    methods.map((name, i) => [String(i), visibleLine(name)]),
  )
  const outcome = choice('filter-outcome', 'All outcomes', [
    ['returned', 'Returned'],
    ['thrown', 'Threw an error'],
    ['aborted', 'Was stopped'],
    ['skipped', 'Was skipped'],
  ])
  const caller = h('input', {
    id: 'filter-caller',
    type: 'search',
    placeholder: 'Any caller',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: () => {
      clearTimeout(typing)
      typing = window.setTimeout(changed, TYPING_MS)
    },
  })
  const field = (label: string, control: HTMLElement): HTMLElement =>
    h('div', { class: 'field' }, h('label', { for: control.id }, label), control)
  return h(
    'div',
    { class: 'filter', role: 'search', 'aria-label': 'Filter entries' },
    field('Kind', type),
    field('Method', method),
    field('Outcome', outcome),
    field('Caller', caller),
  )
}
