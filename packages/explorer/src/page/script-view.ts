/** The script of a service, as it stands in the beginning of the ledger. */
import { h } from './element.ts'
import { copyButton, fact } from './pieces.ts'
import type { ServiceLink } from './service-link.ts'
import type { View } from './view.ts'
import { visibleLine, visibleText } from './visible.ts'
import { counted, size } from './words.ts'

export class ScriptView implements View {
  readonly element: HTMLElement

  constructor({ info }: ServiceLink) {
    const { script, authentication, upgrade, semantics } = info.genesis
    const methods = info.methods.map((name) => h('code', {}, visibleLine(name)))
    this.element = h(
      'div',
      { class: 'script' },
      h(
        'p',
        { class: 'lead' },
        'What the host runs for every call. The address of the ledger is made from this text, so the host cannot run another one unseen.',
        upgrade.callers.length > 0 &&
          ' Should it have been replaced since, the new text stands in the ledger, in a call of vms:upgrade.',
      ),
      h(
        'dl',
        { class: 'facts' },
        fact('File', h('code', {}, visibleLine(script.name))),
        fact('Size', size(new TextEncoder().encode(script.source).length)),
        fact(
          'Methods',
          h('span', { class: 'list' }, ...methods),
          'What can be called, as the host says; an audit shows whether it is so.',
        ),
        fact(
          'Callers',
          authentication === 'signed' ? 'Everyone who signs' : 'Everyone, by a plain name',
        ),
        fact(
          'May be replaced',
          upgrade.callers.length === 0
            ? 'by nobody, ever'
            : `by ${counted(upgrade.callers.length, 'caller')}`,
        ),
        fact(
          'Rules of the machine',
          `number ${semantics}`,
          'A ledger keeps to the rules that it began with, so that it can be replayed for ever.',
        ),
      ),
      h('div', { class: 'bar' }, h('h2', {}, 'Source'), copyButton(script.source, 'the source')),
      codeBlock(script.source),
    )
  }

  show(): void {}

  close(): void {}
}

/** Text with the numbers of its lines beside it: two pieces of text, however long it is. */
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
