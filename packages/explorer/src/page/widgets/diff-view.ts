/** The line differences of two versions of a text: removed lines, added lines, and a little context. */

import { type DiffLine, lineDiff } from '../model/line-diff.ts'
import { visibleText } from '../model/visible.ts'
import { counted } from '../model/words.ts'
import { h } from './element.ts'

/** Lines to show around a change. */
const CONTEXT = 3

/** Most lines to show. */
const LINES_SHOWN = 2_000

const signs = { same: ' ', gone: '−', new: '+' } as const
const said = { same: '', gone: 'removed: ', new: 'added: ' } as const

export function diffView(older: string, newer: string): HTMLElement {
  const lines = lineDiff(older, newer)
  const near = new Set<number>()
  lines.forEach(({ kind }, i) => {
    if (kind === 'same') return
    for (let at = i - CONTEXT; at <= i + CONTEXT; at++) near.add(at)
  })
  const gone = lines.filter(({ kind }) => kind === 'gone').length
  const came = lines.filter(({ kind }) => kind === 'new').length
  const rows: HTMLElement[] = []
  let skipped = 0
  const skip = (): void => {
    if (skipped > 0)
      rows.push(h('div', { class: 'skipped' }, `${counted(skipped, 'line')} unchanged`))
    skipped = 0
  }
  for (const [i, line] of lines.entries()) {
    if (rows.length >= LINES_SHOWN) break
    if (!near.has(i)) {
      skipped++
      continue
    }
    skip()
    rows.push(row(line))
  }
  skip()
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'said' },
      gone + came === 0
        ? 'No line differs.'
        : `${counted(came, 'line')} added, ${counted(gone, 'line')} removed`,
    ),
    gone + came > 0 &&
      h(
        'div',
        { class: 'diff', tabindex: 0, role: 'region', 'aria-label': 'Differences' },
        ...rows,
      ),
  )
}

const row = ({ kind, text }: DiffLine): HTMLElement =>
  h(
    'div',
    { class: `diff-line ${kind}` },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, signs[kind]),
    said[kind] !== '' && h('span', { class: 'unseen' }, said[kind]),
    h('code', {}, visibleText(text) || ' '),
  )
