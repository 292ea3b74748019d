/** One file: its contents, its times, and the differences to earlier versions. */

import { FileHistory, type FileMoment } from '../model/file-history.ts'
import { routeTo } from '../model/route.ts'
import type { ServiceLink } from '../model/service-link.ts'
import { visibleLine } from '../model/visible.ts'
import { count, counted, hex, size } from '../model/words.ts'
import { codeBlock } from '../widgets/code-block.ts'
import { diffView } from '../widgets/diff-view.ts'
import { fill, h } from '../widgets/element.ts'
import { note, timeElement } from '../widgets/pieces.ts'

/** Bytes that the page shows of a binary file. */
const BYTES_SHOWN = 4_096

/** Most characters to show of a text. */
const TEXT_SHOWN = 500_000

/** Ranges of the ledger that the page searches for one more version before it asks the reader. */
const STRETCHES = 20

export class FileView {
  readonly element: HTMLElement
  #link: ServiceLink
  #path: string
  #length: number | null
  #contents = h('div', {})
  #versions = h('ol', { class: 'versions' })
  #more = h(
    'button',
    { type: 'button', hidden: true, onclick: () => void this.#look() },
    'Look further back',
  )
  #said = h('p', { class: 'said', role: 'status' })
  #difference = h('div', { class: 'difference' })
  #history: FileHistory
  #moments: FileMoment[] = []
  #shown: Uint8Array | null = null
  #reading = false

  constructor(link: ServiceLink, path: string, length: number | null) {
    this.#link = link
    this.#path = path
    this.#length = length
    this.#history = new FileHistory(link.client, path)
    this.element = h(
      'div',
      { class: 'file' },
      this.#contents,
      h(
        'section',
        { 'aria-label': 'History' },
        h('h2', {}, 'History'),
        this.#said,
        this.#versions,
        this.#more,
        this.#difference,
      ),
    )
    void this.#look()
  }

  /** Reads the file again, because it may have changed. */
  update(): void {
    if (this.#reading) return
    this.#reading = true
    this.#read().then(
      () => {
        this.#reading = false
      },
      (error: Error) => {
        this.#reading = false
        fill(this.#contents, note(visibleLine(error.message), 'bad'))
        this.#link.fail(error)
      },
    )
  }

  async #read(): Promise<void> {
    const bytes = await this.#at(this.#length)
    const before = this.#shown
    if (before && before.length === bytes.length && before.every((byte, i) => byte === bytes[i]))
      return
    this.#shown = bytes
    fill(this.#contents, ...contents(bytes))
    if (!before) return
    // The file has just changed: its history has one more version.
    this.#history = new FileHistory(this.#link.client, this.#path)
    this.#moments = []
    await this.#look()
  }

  async #at(length: number | null): Promise<Uint8Array> {
    const { files } = this.#link.client
    return await (length === null ? files : files.checkout(length)).readFile(this.#path, 'binary')
  }

  async #look(): Promise<void> {
    const history = this.#history
    this.#more.hidden = true
    try {
      for (let i = 0; i < STRETCHES && history.left > 0; i++) {
        this.#said.textContent = `Looking, ${counted(history.left, 'entry', 'entries')} to go…`
        const found = await history.back()
        if (history !== this.#history) return
        this.#moments.push(...found)
        if (found.length > 0) break
      }
      this.#draw()
      if (history.left > 0 && this.#moments.length < 2) await this.#lookOnce()
    } catch (error) {
      this.#said.textContent = visibleLine((error as Error).message)
    }
  }

  /** Searches one more range, so that the newest version has an earlier one to be compared with. */
  async #lookOnce(): Promise<void> {
    this.#moments.push(...(await this.#history.back()))
    this.#draw()
  }

  #draw(): void {
    const { left } = this.#history
    this.#more.hidden = left === 0
    this.#said.textContent =
      left === 0
        ? counted(this.#moments.length, 'version')
        : `${counted(this.#moments.length, 'version')} found; ${counted(left, 'entry', 'entries')} before not looked at`
    fill(
      this.#versions,
      ...this.#moments.map((moment, i) => {
        const older = this.#moments[i + 1]
        const canCompare = moment.type === 'put' && older?.type === 'put'
        return h(
          'li',
          { class: 'version' },
          timeElement(moment.time),
          h(
            'a',
            { href: routeTo(this.#link.id, 'ledger', String(moment.length - 1)) },
            `entry ${count(moment.length - 1)}`,
          ),
          moment.type === 'del'
            ? h('span', { class: 'meaning' }, 'deleted')
            : h(
                'a',
                { href: routeTo(this.#link.id, 'files', `${moment.length}:${this.#path}`) },
                'as it was then',
              ),
          canCompare &&
            h(
              'button',
              { type: 'button', class: 'quiet', onclick: () => void this.#compare(older, moment) },
              'What changed',
            ),
        )
      }),
    )
  }

  async #compare(older: FileMoment, newer: FileMoment): Promise<void> {
    fill(this.#difference, note('Loading…'))
    try {
      const [a, b] = (await Promise.all([this.#at(older.length), this.#at(newer.length)])).map(
        textOf,
      )
      fill(
        this.#difference,
        h('h3', {}, `From entry ${count(older.length - 1)} to entry ${count(newer.length - 1)}`),
        a == null || b == null ? note('One of them is no text.') : diffView(a, b),
      )
      this.#difference.scrollIntoView({ block: 'nearest' })
    } catch (error) {
      fill(this.#difference, note(visibleLine((error as Error).message), 'bad'))
      this.#link.fail(error as Error)
    }
  }
}

function contents(bytes: Uint8Array): HTMLElement[] {
  const text = textOf(bytes)
  const said = h(
    'p',
    { class: 'said' },
    `${size(bytes.length)}, ${text === null ? 'not a text' : 'text'}`,
  )
  if (bytes.length === 0) return [said, note('The file is empty.')]
  if (text !== null) {
    const isLong = text.length > TEXT_SHOWN
    return [
      said,
      codeBlock(isLong ? text.slice(0, TEXT_SHOWN) : text),
      ...(isLong ? [note('The rest is not shown.')] : []),
    ]
  }
  const rows = []
  for (let at = 0; at < Math.min(bytes.length, BYTES_SHOWN); at += 16) {
    rows.push((hex(bytes.subarray(at, at + 16)).match(/../g) ?? []).join(' '))
  }
  return [said, h('pre', { class: 'value' }, rows.join('\n'))]
}

/** The bytes as UTF-8 text; null if they are not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}
