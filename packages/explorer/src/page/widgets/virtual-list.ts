/**
 * A long list that renders only its visible rows. One row at a time is in the tab order; the arrow keys move it. That row stays rendered
 * even where it is not visible.
 */
import { h } from './element.ts'

export interface VirtualListOptions {
  readonly label: string
  /** Height of a row in pixels. The list calls it again when the window changes. */
  rowHeight(): number
  /** Identifies a row wherever it stands. */
  key(position: number): number
  /** The row's content: a link that takes the focus. The list calls it again after {@link VirtualList.refresh}. */
  row(position: number): HTMLElement
  /** Called with the range of visible rows. */
  onRange(first: number, last: number): void
}

/** Extra rows above and below the visible ones, so that quick scrolling finds them. */
const MARGIN_ROWS = 8

/**
 * Greatest height in pixels: browsers miscount taller elements. In a longer list, one pixel of the scroll bar stands for more than one
 * pixel of rows.
 */
const TALLEST = 8_000_000

export class VirtualList {
  readonly element: HTMLElement
  #options: VirtualListOptions
  #track: HTMLElement
  #count = 0
  #rows = new Map<number, HTMLElement>()
  /** Key of the row in the tab order. */
  #active: number | null = null
  #drawing = 0

  constructor(options: VirtualListOptions) {
    this.#options = options
    this.#track = h('div', { class: 'track', role: 'list', 'aria-label': options.label })
    this.element = h('div', { class: 'virtual' }, this.#track)
    this.element.addEventListener('scroll', () => this.#later(), { passive: true })
    this.element.addEventListener('keydown', (event) => this.#onKey(event))
    this.element.addEventListener('focusin', (event) => this.#onFocus(event))
    new ResizeObserver(() => this.#later()).observe(this.element)
  }

  /** Sets the number of rows, of which the first `added` are new. The visible rows stay where they are. */
  resize(count: number, added = 0): void {
    const { scrollTop } = this.element
    this.#count = count
    this.#layout()
    if (added > 0 && scrollTop > this.#height / 2) {
      this.element.scrollTop = scrollTop + (added * this.#height) / this.#scale
    }
    this.#draw()
  }

  /** Renders the rows again after their contents changed. */
  refresh(): void {
    for (const [key, row] of this.#rows) {
      const hadFocus = row.contains(document.activeElement)
      const content = this.#options.row(Number(row.dataset['position']))
      row.replaceChildren(content)
      content.tabIndex = key === this.#active ? 0 : -1
      if (hadFocus) content.focus({ preventScroll: true })
    }
  }

  /** Scrolls to the first row. */
  top(): void {
    this.element.scrollTop = 0
    this.#active = null
  }

  get #height(): number {
    return this.#options.rowHeight()
  }

  /** Pixels of rows for one pixel of the scroll bar. */
  get #scale(): number {
    return Math.max(1, (this.#count * this.#height) / TALLEST)
  }

  #layout(): void {
    this.#track.style.height = `${Math.min(TALLEST, this.#count * this.#height)}px`
  }

  #later(): void {
    if (this.#drawing) return
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0
      this.#layout()
      this.#draw()
    })
  }

  #draw(): void {
    const height = this.#height
    const { scrollTop, clientHeight } = this.element
    // With a scale, the end of the scroll bar must be the end of the rows.
    const room = Math.min(TALLEST, this.#count * height) - clientHeight
    const top = room > 0 ? (scrollTop / room) * (this.#count * height - clientHeight) : 0
    const first = Math.max(0, Math.floor(top / height) - MARGIN_ROWS)
    const last = Math.min(this.#count, Math.ceil((top + clientHeight) / height) + MARGIN_ROWS)
    const shift = scrollTop - top
    const shown = new Map<number, number>()
    for (let position = first; position < last; position++) {
      shown.set(this.#options.key(position), position)
    }
    this.#keepActive(shown)
    for (const [key, row] of this.#rows) {
      if (shown.has(key)) continue
      row.remove()
      this.#rows.delete(key)
    }
    if (this.#active === null || !shown.has(this.#active)) {
      this.#active =
        this.#count > 0
          ? this.#options.key(Math.min(first + (first > 0 ? MARGIN_ROWS : 0), this.#count - 1))
          : null
    }
    for (const [key, position] of shown) this.#place(key, position, position * height + shift)
    if (this.#count > 0) this.#options.onRange(first, last)
  }

  /** Keeps the row in the tab order rendered wherever it is. */
  #keepActive(shown: Map<number, number>): void {
    const key = this.#active
    if (key === null || shown.has(key)) return
    const row = this.#rows.get(key)
    if (!row?.contains(document.activeElement)) return
    const position = Number(row.dataset['position'])
    for (const near of [position, position + 1]) {
      if (near < this.#count && this.#options.key(near) === key) shown.set(key, near)
    }
  }

  #place(key: number, position: number, y: number): void {
    let row = this.#rows.get(key)
    if (!row) {
      row = h('div', { class: 'row', role: 'listitem' })
      row.replaceChildren(this.#options.row(position))
      this.#rows.set(key, row)
      this.#track.append(row)
    }
    row.dataset['position'] = String(position)
    row.setAttribute('aria-posinset', String(position + 1))
    row.setAttribute('aria-setsize', String(this.#count))
    row.style.transform = `translateY(${y}px)`
    const content = row.firstElementChild as HTMLElement
    content.tabIndex = key === this.#active ? 0 : -1
  }

  #onFocus(event: FocusEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('.row')
    if (!row) return
    this.#active = this.#options.key(Number(row.dataset['position']))
    for (const [key, other] of this.#rows) {
      ;(other.firstElementChild as HTMLElement).tabIndex = key === this.#active ? 0 : -1
    }
  }

  #onKey(event: KeyboardEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('.row')
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return
    const position = Number(row.dataset['position'])
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#height) - 1)
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: position + 1,
      ArrowUp: position - 1,
      PageDown: position + page,
      PageUp: position - page,
      Home: 0,
      End: this.#count - 1,
    }
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    this.focus(Math.min(this.#count - 1, Math.max(0, target)))
  }

  /** Focuses a row, and scrolls it into view. */
  focus(position: number): void {
    if (!this.reveal(position)) return
    this.#active = this.#options.key(position)
    this.#draw()
    const row = this.#rows.get(this.#active)
    ;(row?.firstElementChild as HTMLElement | undefined)?.focus({ preventScroll: true })
  }

  /** Scrolls a row into view; false if there is no such row. */
  reveal(position: number): boolean {
    if (position < 0 || position >= this.#count) return false
    const height = this.#height
    const { clientHeight } = this.element
    const rows = this.#count * height - clientHeight
    const room = Math.min(TALLEST, this.#count * height) - clientHeight
    const ratio = rows > 0 ? room / rows : 1
    const top = this.element.scrollTop / (ratio || 1)
    if (position * height < top) this.element.scrollTop = position * height * ratio
    else if ((position + 1) * height > top + clientHeight) {
      this.element.scrollTop = ((position + 1) * height - clientHeight) * ratio
    }
    return true
  }
}
