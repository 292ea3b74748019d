/** The ledger as a whole: its newest head, and a check of all entries in this page. */
import type { StructureReport } from '@vms/client'
import { routeTo } from '../model/route.ts'
import type { ServiceLink } from '../model/service-link.ts'
import { visibleLine } from '../model/visible.ts'
import { count, counted, duration, hex } from '../model/words.ts'
import { fill, h } from '../widgets/element.ts'
import { copyButton, fact, note, timeElement } from '../widgets/pieces.ts'
import { auditNotes } from './audit-notes.ts'
import type { View } from './view.ts'

export class AuditView implements View {
  readonly element: HTMLElement
  #link: ServiceLink
  #head = h('dl', { class: 'facts' })
  #button = h(
    'button',
    { type: 'button', class: 'main', onclick: () => this.#toggle() },
    'Check the whole ledger',
  )
  #result = h('div', { class: 'result' })
  #running: AbortController | null = null
  #stop: () => void

  constructor(link: ServiceLink) {
    this.#link = link
    const command = `vms verify ${new URL(link.id, new URL('.', location.href)).href}`
    this.element = h(
      'div',
      { class: 'audit' },
      h(
        'section',
        {},
        h('h2', {}, 'Newest head'),
        h(
          'p',
          { class: 'lead' },
          'With a head the host signs all entries so far, in their order. It cannot take one back without leaving two heads that contradict each other.',
        ),
        this.#head,
      ),
      h(
        'section',
        {},
        h('h2', {}, 'Check in this page'),
        h(
          'p',
          { class: 'lead' },
          'Reads every entry and checks that it stands under the signed head, in its place and in its form, and that each request was signed by its caller, for this history, and ran once.',
        ),
        this.#button,
        this.#result,
      ),
      h(
        'section',
        {},
        h('h2', {}, 'Repeat the calls'),
        h(
          'p',
          { class: 'lead' },
          'Whether the script really answered so, shows only who runs it again. On any computer with VMS installed:',
        ),
        h(
          'div',
          { class: 'bar' },
          h('code', { class: 'command' }, command),
          copyButton(command, 'the command'),
        ),
      ),
      h(
        'section',
        {},
        h('h2', {}, 'Witnesses'),
        h(
          'p',
          { class: 'lead' },
          'Nobody but the host signs heads of this ledger yet, and no audits of others are published with it.',
        ),
      ),
    )
    this.#stop = link.onUpdate(() => this.#drawHead())
    this.#drawHead()
  }

  show(): void {}

  close(): void {
    this.#stop()
    this.#running?.abort(new Error('stopped'))
  }

  #drawHead(): void {
    const { length, treeHash, signature } = this.#link.client.ledger.head
    fill(
      this.#head,
      fact('Entries', h('span', { class: 'numbers' }, count(length))),
      fact('Checked', timeElement(this.#link.headAt), 'Its signature, by this page.'),
      fact(
        'Hash of the tree',
        h('code', { class: 'hash' }, hex(treeHash)),
        'One number that stands for all entries.',
      ),
      fact('Signature', h('code', { class: 'hash' }, hex(signature))),
      fact(
        'Signed by',
        h('code', { class: 'hash' }, hex(this.#link.info.manifest.signer)),
        'The key to which the ledger’s address is bound.',
      ),
    )
  }

  #toggle(): void {
    if (this.#running) this.#running.abort(new Error('stopped'))
    else void this.#run()
  }

  async #run(): Promise<void> {
    const running = new AbortController()
    this.#running = running
    this.#button.textContent = 'Stop'
    const bar = h('progress', { max: 1, 'aria-label': 'Entries checked' })
    const said = h('p', { class: 'said', role: 'status' })
    fill(this.#result, bar, said)
    const began = performance.now()
    let told = 0
    try {
      const report = await this.#link.client.ledger.audit({
        signal: running.signal,
        onProgress: ({ entries, length, findings }) => {
          bar.value = entries / length
          if (performance.now() - told < 500) return
          told = performance.now()
          said.textContent = `${count(entries)} of ${counted(length, 'entry', 'entries')}${findings > 0 ? `, ${count(findings)} wrong` : ''}`
        },
      })
      const isDebug = this.#link.info.genesis.authentication === 'debug'
      fill(
        this.#result,
        ...verdict(this.#link.id, report, performance.now() - began),
        auditNotes(report.notes, isDebug),
      )
    } catch (error) {
      const wasStopped = running.signal.aborted
      fill(
        this.#result,
        note(
          wasStopped ? 'Stopped.' : visibleLine((error as Error).message),
          wasStopped ? 'plain' : 'bad',
        ),
      )
      if (!wasStopped) this.#link.fail(error as Error)
    }
    this.#running = null
    this.#button.textContent = 'Check again'
  }
}

function verdict(id: string, report: StructureReport, ms: number): HTMLElement[] {
  const { entries, groups, requests, signatures, findings } = report
  const done = `${counted(entries, 'entry', 'entries')}, stored in ${counted(groups, 'step')}, with ${counted(requests, 'request')} and ${counted(signatures, 'signature')}, in ${duration(ms)}.`
  if (findings.length === 0) {
    return [
      h(
        'div',
        { class: 'verdict good', role: 'status' },
        h('strong', {}, 'Nothing is wrong. '),
        done,
      ),
    ]
  }
  return [
    h(
      'div',
      { class: 'verdict bad', role: 'alert' },
      h('strong', {}, `${counted(findings.length, 'thing')} wrong. `),
      done,
    ),
    h(
      'ol',
      { class: 'findings' },
      ...findings.map(({ code, entry, message, expected, got }) =>
        h(
          'li',
          {},
          h('a', { href: routeTo(id, 'ledger', String(entry)) }, `Entry ${count(entry)}`),
          h(
            'span',
            {},
            message,
            got !== null &&
              h(
                'p',
                { class: 'meaning' },
                `${expected === null ? '' : `To stand here: ${visibleLine(expected)}. `}Stands here: ${visibleLine(got)}`,
              ),
          ),
          h('code', { class: 'meaning' }, code),
        ),
      ),
    ),
  ]
}
