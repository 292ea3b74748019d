/** The files of the script: folders, and one file with its earlier versions. */
import type { ListedFile } from '@vms/client'
import { routeTo } from '../model/route.ts'
import type { ServiceLink } from '../model/service-link.ts'
import { visibleLine } from '../model/visible.ts'
import { count, counted, size } from '../model/words.ts'
import { fill, h } from '../widgets/element.ts'
import { note, timeElement } from '../widgets/pieces.ts'
import { FileView } from './file-view.ts'
import type { View } from './view.ts'

/** Milliseconds between two reads of a folder while the ledger grows. */
const AGAIN_MS = 400

/** Most items of a folder to show. */
const SHOWN = 1_000

/** The address of a path, in its present version or in that at a length of the ledger. */
const filePlace = (path: string, length: number | null): string =>
  length === null ? path : `${length}:${path}`

function readPlace(item: string): { readonly path: string; readonly length: number | null } {
  const [, length, path = '/'] = /^(?:(\d{1,15}):)?(\/.*)?$/s.exec(item) ?? []
  return { path, length: length === undefined ? null : Number(length) }
}

export class FilesView implements View {
  readonly element: HTMLElement
  #link: ServiceLink
  #path = h('nav', { class: 'path', 'aria-label': 'Folders above' })
  #body = h('div', {})
  #place = readPlace('')
  #file: FileView | null = null
  #turn = 0
  #shown = ''
  #again = 0
  #stop: () => void

  constructor(link: ServiceLink) {
    this.#link = link
    this.element = h(
      'div',
      { class: 'files' },
      h(
        'p',
        { class: 'lead' },
        'What the script has stored. Each name and each byte is checked against what the host has signed.',
      ),
      this.#path,
      this.#body,
    )
    this.#stop = link.onUpdate(() => this.#later())
  }

  show(item: string): void {
    this.#place = readPlace(item)
    this.#shown = ''
    this.#file = null
    this.#drawPath()
    fill(this.#body, note('Loading…'))
    void this.#load()
  }

  close(): void {
    this.#stop()
    this.#turn = -1
    clearTimeout(this.#again)
  }

  #later(): void {
    if (this.#place.length !== null || this.#again) return
    this.#again = window.setTimeout(() => {
      this.#again = 0
      void this.#load()
    }, AGAIN_MS)
  }

  async #load(): Promise<void> {
    if (this.#turn === -1) return
    const turn = ++this.#turn
    const { path, length } = this.#place
    const { client } = this.#link
    try {
      const files = length === null ? client.files : client.files.checkout(length)
      const stat = await files.stat(path)
      const listed = stat.isDirectory() ? await files.readdir(path, { stat: true }) : null
      if (turn !== this.#turn) return
      if (!listed) {
        this.#file ??= new FileView(this.#link, path, length)
        if (this.#body.firstElementChild !== this.#file.element)
          fill(this.#body, this.#file.element)
        this.#file.update()
        return
      }
      const shown = JSON.stringify(
        listed.map((item) => [item.name, item.stat.mtime, item.stat.size]),
      )
      // Keeps the elements, and the focus in them, unless something changed.
      if (shown === this.#shown) return
      this.#shown = shown
      const focused = document.activeElement?.getAttribute('href')
      fill(this.#body, listed.length === 0 ? note('This folder is empty.') : this.#folder(listed))
      if (!focused) return
      for (const item of this.#body.querySelectorAll('a')) {
        if (item.getAttribute('href') === focused) item.focus()
      }
    } catch (error) {
      if (turn !== this.#turn) return
      this.#shown = ''
      fill(this.#body, note(visibleLine((error as Error).message), 'bad'))
      this.#link.fail(error as Error)
    }
  }

  #folder(listed: readonly ListedFile[]): HTMLElement {
    const { path, length } = this.#place
    const base = path === '/' ? '/' : `${path}/`
    return h(
      'div',
      {},
      h(
        'ul',
        { class: 'folder', 'aria-label': 'In this folder' },
        ...listed
          .slice(0, SHOWN)
          .map(({ name, stat }) =>
            h(
              'li',
              {},
              h(
                'a',
                { href: routeTo(this.#link.id, 'files', filePlace(base + name, length)) },
                h(
                  'span',
                  { class: stat.isDirectory() ? 'name is-folder' : 'name' },
                  visibleLine(name),
                  stat.isDirectory() && '/',
                ),
                h('span', { class: 'size numbers' }, stat.isDirectory() ? '' : size(stat.size)),
                h('span', { class: 'date' }, timeElement(stat.mtime.getTime(), true)),
              ),
            ),
          ),
      ),
      listed.length > SHOWN && note(`${counted(listed.length - SHOWN, 'more item')} not shown.`),
    )
  }

  #drawPath(): void {
    const { path, length } = this.#place
    const names = path.split('/').filter(Boolean)
    const link = (depth: number, text: string): HTMLElement => {
      const target = `/${names.slice(0, depth).join('/')}`
      const isHere = depth === names.length
      return isHere
        ? h('strong', {}, text)
        : h('a', { href: routeTo(this.#link.id, 'files', filePlace(target, length)) }, text)
    }
    fill(
      this.#path,
      link(0, 'All files'),
      ...names.flatMap((name, i) => [
        h('span', { 'aria-hidden': 'true' }, '/'),
        link(i + 1, visibleLine(name)),
      ]),
      length !== null &&
        h(
          'span',
          { class: 'then' },
          `as they were after ${count(length)} entries `,
          h('a', { href: routeTo(this.#link.id, 'files', path) }, 'as they are now'),
        ),
    )
  }
}
