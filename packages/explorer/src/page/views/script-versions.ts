/** The scripts of a service: the entry and the signer of each, and its differences to the one before. */
import type { LedgerReader, ScriptVersion } from '@vms/client'
import { routeTo } from '../model/route.ts'
import { visibleLine } from '../model/visible.ts'
import { count, size } from '../model/words.ts'
import { diffView } from '../widgets/diff-view.ts'
import { type Child, fill, h } from '../widgets/element.ts'
import { idElement, timeElement } from '../widgets/pieces.ts'

/** Scripts to read together: each takes a few requests to the host. */
const STRETCH = 20

export class ScriptVersions {
  #id: string
  /** The known versions, the newest first. */
  #versions: ScriptVersion[] = []
  #rest: AsyncGenerator<ScriptVersion> | null = null
  #newest = ''

  constructor(id: string) {
    this.#id = id
  }

  /** The script in effect. Throws before the first reading. */
  get current(): ScriptVersion {
    return this.#versions.find(({ boot }) => boot !== null) as ScriptVersion
  }

  /** Reads which script is pending and which is in effect. If either is new, reads how it came. Resolves with whether either is new. */
  async read(ledger: LedgerReader): Promise<boolean> {
    const rest = ledger.scripts()
    const found: ScriptVersion[] = []
    while (found.at(-1)?.boot == null) found.push((await rest.next()).value as ScriptVersion)
    const newest = found.map(({ entry, boot }) => `${entry} ${boot}`).join()
    if (newest === this.#newest) return false
    this.#versions = found
    this.#rest = rest
    await this.#more()
    this.#newest = newest
    return true
  }

  /** The script that an entry introduced; null if it introduced none that is pending, in effect, or was in effect. */
  async find(entry: number): Promise<ScriptVersion | null> {
    while (this.#rest && (this.#versions.at(-1)?.entry ?? 0) > entry) await this.#more()
    return this.#versions.find((version) => version.entry === entry) ?? null
  }

  async #more(): Promise<void> {
    for (let i = 0; i < STRETCH && this.#rest; i++) {
      const { done, value } = await this.#rest.next()
      if (done) this.#rest = null
      else this.#versions.push(value)
    }
  }

  /** The state of a version, in words. */
  stateOf({ boot, since }: ScriptVersion): Child[] {
    if (boot === null) return ['to come, ', timeElement(since)]
    return [
      boot === this.current.boot ? 'in effect since ' : 'replaced; began ',
      timeElement(since),
    ]
  }

  /** `shown`: the version whose text is on the page. */
  draw(shown: ScriptVersion | null): HTMLElement {
    const list = h('ol', { class: 'versions' })
    const difference = h('div', { class: 'difference' })
    const more = h(
      'button',
      {
        type: 'button',
        onclick: async () => {
          await this.#more()
          drawList()
        },
      },
      'Look further back',
    )
    const drawList = (): void => {
      fill(list, ...this.#versions.map((version, i) => this.#item(version, i, shown, difference)))
      more.hidden = this.#rest === null
    }
    drawList()
    return h(
      'section',
      { 'aria-label': 'Upgrades' },
      h('h2', {}, 'Upgrades'),
      h(
        'p',
        { class: 'meaning' },
        'Those that took effect, the newest first. One that never did stands in the ledger only, as a call of vms:upgrade.',
      ),
      list,
      more,
      difference,
    )
  }

  #item(
    version: ScriptVersion,
    i: number,
    shown: ScriptVersion | null,
    difference: HTMLElement,
  ): HTMLElement {
    const { script, entry, by } = version
    const older = this.#versions[i + 1]
    const to = (text: string, section: 'ledger' | 'script', item: number): HTMLElement =>
      h('a', { href: routeTo(this.#id, section, String(item)) }, text)
    const compare = (before: ScriptVersion): void => {
      fill(
        difference,
        h('h3', {}, `From entry ${count(before.entry)} to entry ${count(entry)}`),
        diffView(before.script.source, script.source),
      )
      difference.scrollIntoView({ block: 'nearest' })
    }
    return h(
      'li',
      { class: 'version' },
      to(`entry ${count(entry)}`, 'ledger', entry),
      h('span', {}, ...this.stateOf(version)),
      by === null ? h('span', {}, 'from the beginning') : h('span', {}, 'by ', idElement(by)),
      h('span', {}, older ? `${described(older)} → ` : null, described(version)),
      version.entry === shown?.entry
        ? h('span', { class: 'meaning' }, 'shown here')
        : to('its text', 'script', entry),
      older !== undefined &&
        h(
          'button',
          { type: 'button', class: 'quiet', onclick: () => compare(older) },
          'What changed',
        ),
    )
  }
}

const described = ({ script: { name, source } }: ScriptVersion): string =>
  `${visibleLine(name)}, ${size(new TextEncoder().encode(source).length)}`
