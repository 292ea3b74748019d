/** Text with line numbers beside it. */

import { visibleText } from '../model/visible.ts'
import { h } from './element.ts'

/** Two text nodes, however long the text is. */
export function codeBlock(text: string): HTMLElement {
  const shown = visibleText(text.replace(/\r\n/g, '\n'))
  const lines = shown.replace(/\n$/, '').split('\n').length
  const numbers = Array.from({ length: lines }, (_, i) => i + 1).join('\n')
  return h(
    'div',
    { class: 'code', tabindex: 0, role: 'region', 'aria-label': 'Text' },
    h('pre', { class: 'lines numbers', 'aria-hidden': 'true' }, numbers),
    h('pre', {}, shown),
  )
}
