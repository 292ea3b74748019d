/** The ledger of a service: its growing list of entries, a filter over them, and one entry in full beside. */

import { anything, EntrySearch, type Filter, isAnything } from '../model/entry-filter.ts'
import { routeTo } from '../model/route.ts'
import type { ServiceLink } from '../model/service-link.ts'
import { count, counted } from '../model/words.ts'
import { fill, h } from '../widgets/element.ts'
import { entryRow } from '../widgets/entry-row.ts'
import { filterBar } from '../widgets/filter-bar.ts'
import { VirtualList } from '../widgets/virtual-list.ts'
import { EntryView } from './entry-view.ts'
import type { View } from './view.ts'

/** Height of a row in pixels, on a wide page and where a row takes two lines. The style sheet has the same numbers. */
const ROW = { wide: 40, narrow: 64 } as const

export class LedgerView implements View {
  readonly element: HTMLElement
  #link: ServiceLink
  #list: VirtualList
  #said = h('p', { class: 'said', role: 'status' })
  #aside = h('section', { class: 'aside', 'aria-label': 'One entry' })
  #entry: EntryView | null = null
  #search: EntrySearch | null = null
  /** Number of entries in the list when there is no search. */
  #length: number
  #saying = 0
  #stops: (() => void)[]

  constructor(link: ServiceLink) {
    this.#link = link
    this.#length = link.store.length
    const narrow = matchMedia('(max-width: 45rem)')
    this.#list = new VirtualList({
      label: 'Entries, the newest first',
      rowHeight: () => (narrow.matches ? ROW.narrow : ROW.wide),
      key: (position) => this.#indexAt(position),
      row: (position) => this.#row(position),
      onRange: (first, last) => this.#want(first, last),
    })
    const main = h(
      'section',
      { class: 'entries', 'aria-label': 'Entries' },
      filterBar(link.info.methods, (filter) => this.#filter(filter)),
      this.#said,
      this.#list.element,
    )
    this.element = h('div', { class: 'ledger' }, main, this.#aside)
    this.#stops = [link.onUpdate(() => this.#grow()), link.onLoad(() => this.#list.refresh())]
    this.#list.resize(this.#length)
    this.#say()
    this.#filter(anything)
  }

  show(item: string): void {
    const index = /^\d{1,15}$/.test(item) ? Number(item) : null
    this.#entry?.close()
    this.#entry = null
    this.element.classList.toggle('with-entry', index !== null)
    if (index === null) {
      fill(this.#aside)
      this.#list.refresh()
      return
    }
    this.#entry = new EntryView(this.#link, index, () => this.#leave(index))
    fill(this.#aside, this.#entry.element)
    this.#aside.scrollTop = 0
    this.#list.refresh()
    // Wait until the list has its size beside an entry.
    requestAnimationFrame(() => this.#list.reveal(this.#positionOf(index)))
  }

  close(): void {
    this.#search?.stop()
    this.#entry?.close()
    for (const stop of this.#stops) stop()
  }

  /** Returns to the list, at the row of the entry that was open. */
  #leave(index: number): void {
    location.hash = routeTo(this.#link.id, 'ledger')
    requestAnimationFrame(() => this.#list.focus(this.#positionOf(index)))
  }

  #positionOf(index: number): number {
    return this.#search ? this.#search.found.indexOf(index) : this.#length - 1 - index
  }

  #indexAt(position: number): number {
    return this.#search ? (this.#search.found[position] ?? -1) : this.#length - 1 - position
  }

  #row(position: number): HTMLElement {
    const index = this.#indexAt(position)
    return entryRow({
      index,
      href: routeTo(this.#link.id, 'ledger', String(index)),
      summary: this.#link.store.peek(index),
      isOpen: this.#entry?.index === index,
    })
  }

  #want(first: number, last: number): void {
    const indexes = Array.from({ length: last - first }, (_, i) => this.#indexAt(first + i))
    this.#link.store.want(indexes.filter((index) => index >= 0))
  }

  #filter(filter: Filter): void {
    this.#search?.stop()
    this.#search = null
    this.#list.element.hidden = false
    this.#list.top()
    if (isAnything(filter)) {
      this.#length = this.#link.store.length
      this.#list.resize(this.#length)
    } else {
      const search = new EntrySearch(this.#link.store, filter, () => {
        if (this.#search !== search) return
        this.#list.element.hidden = search.done && search.found.length === 0
        this.#list.resize(search.found.length)
        this.#say()
      })
      this.#search = search
      this.#list.resize(0)
      search.run().catch((error: Error) => this.#link.fail(error))
    }
    this.#list.refresh()
    this.#say()
  }

  #grow(): void {
    if (this.#search) {
      this.#search.grow().catch((error: Error) => this.#link.fail(error))
      return
    }
    const added = this.#link.store.length - this.#length
    this.#length += added
    this.#list.resize(this.#length, added)
    this.#say()
  }

  /** Announces the number of entries at most twice a second, so that a screen reader does not talk without end. */
  #say(): void {
    if (this.#saying) return
    this.#saying = window.setTimeout(() => {
      this.#saying = 0
      const search = this.#search
      const { length } = this.#link.store
      const looked =
        search && !search.done ? `, ${count(search.looked)} of ${count(length)} looked at` : ''
      this.#said.textContent = search
        ? `${count(search.found.length)} found${looked}`
        : `${counted(length, 'entry', 'entries')}, the newest first`
    }, 150)
  }
}
