/** The script of a service: the present or an earlier one, with the trail from the first script to it. */
import type { ScriptVersion } from '@vms/client'
import type { ServiceLink } from '../model/service-link.ts'
import { visibleLine } from '../model/visible.ts'
import { counted, duration, size } from '../model/words.ts'
import { codeBlock } from '../widgets/code-block.ts'
import { type Child, fill, h } from '../widgets/element.ts'
import { copyButton, fact, note } from '../widgets/pieces.ts'
import { ScriptVersions } from './script-versions.ts'
import type { View } from './view.ts'

/** Milliseconds between two reads of the trail while the ledger grows. */
const AGAIN_MS = 1_000

export class ScriptView implements View {
  readonly element = h('div', { class: 'script' })
  #link: ServiceLink
  #trail: ScriptVersions | null = null
  #item = ''
  #again = 0
  #loading = Promise.resolve()
  #stop = (): void => {}

  constructor(link: ServiceLink) {
    this.#link = link
    const { script, upgrade } = link.info.genesis
    if (upgrade.callers.length === 0) {
      this.#draw({ script, methods: link.info.methods, entry: 0 })
      return
    }
    fill(this.element, note('Loading…'))
    this.#trail = new ScriptVersions(link.id)
    this.#stop = link.onUpdate(() => this.#later())
  }

  /** `item`: index of the entry that introduced the script to show; empty for the script in effect. */
  show(item: string): void {
    this.#item = item
    this.#queue(true)
  }

  close(): void {
    this.#stop()
    clearTimeout(this.#again)
    this.#trail = null
  }

  #later(): void {
    this.#again ||= window.setTimeout(() => {
      this.#again = 0
      this.#queue(false)
    }, AGAIN_MS)
  }

  /** Reads one at a time, because all readings share one trail. */
  #queue(anyway: boolean): void {
    this.#loading = this.#loading.then(() => this.#load(anyway))
  }

  /** Redraws only if there is a newer script, or if `anyway` is set. */
  async #load(anyway: boolean): Promise<void> {
    const trail = this.#trail
    if (!trail) return
    try {
      const isNew = await trail.read(this.#link.client.ledger)
      if (trail !== this.#trail || !(isNew || anyway)) return
      const shown = this.#item === '' ? trail.current : await trail.find(Number(this.#item))
      if (trail !== this.#trail) return
      if (shown) {
        this.#draw(shown, trail.stateOf(shown), trail.draw(shown))
        // Moves the focus into the text that the reader asked for.
        if (this.#item !== '') this.element.querySelector<HTMLElement>('.code')?.focus()
      } else fill(this.element, note('No script came with this entry.', 'bad'), trail.draw(null))
    } catch (error) {
      if (trail !== this.#trail) return
      fill(this.element, note(visibleLine((error as Error).message), 'bad'))
      this.#link.fail(error as Error)
    }
  }

  #draw(
    { script, methods, entry }: Pick<ScriptVersion, 'script' | 'methods' | 'entry'>,
    state: readonly Child[] = [],
    trail: HTMLElement | null = null,
  ): void {
    const { authentication, semantics, upgrade } = this.#link.info.genesis
    fill(
      this.element,
      h(
        'p',
        { class: 'lead' },
        entry === 0
          ? 'The address of the ledger is made from this text, so the host cannot run another one unseen.'
          : 'It came by a signed request in the ledger, from somebody whom the beginning of the ledger names.',
      ),
      h(
        'dl',
        { class: 'facts' },
        trail && fact('State', h('span', {}, ...state)),
        trail && fact('Title', visibleLine(script.title)),
        fact('File', h('code', {}, visibleLine(script.name))),
        fact('Size', size(new TextEncoder().encode(script.source).length)),
        methods &&
          fact(
            'Methods',
            h(
              'span',
              { class: 'list' },
              ...methods.map((name) => h('code', {}, visibleLine(name))),
            ),
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
            : `by ${counted(upgrade.callers.length, 'caller')}, ${upgrade.delayMs === 0 ? 'at once' : `${duration(upgrade.delayMs)} after saying so`}`,
        ),
        fact(
          'Rules of the machine',
          `number ${semantics}`,
          'A ledger keeps to the rules that it began with, so that it can be replayed for ever.',
        ),
      ),
      trail,
      h('div', { class: 'bar' }, h('h2', {}, 'Source'), copyButton(script.source, 'the source')),
      codeBlock(script.source),
    )
  }
}
