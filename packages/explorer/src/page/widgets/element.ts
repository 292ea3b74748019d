/**
 * Creates elements. The page puts everything on the screen by this file: children are elements or text, and text stays text. So nothing
 * from a script, a caller or a host can become markup.
 */

/** A child of an element. Null and false add nothing. */
export type Child = Node | string | number | null | false

export interface Attributes {
  readonly class?: string
  readonly id?: string
  readonly role?: string
  /** A link to a place of this page; no others are allowed. */
  readonly href?: `#${string}`
  readonly type?: 'button' | 'search' | 'text'
  readonly for?: string
  readonly title?: string
  readonly tabindex?: number
  readonly value?: string
  readonly placeholder?: string
  readonly hidden?: boolean
  readonly disabled?: boolean
  readonly selected?: boolean
  readonly open?: boolean
  readonly datetime?: string
  readonly autocomplete?: 'off'
  readonly spellcheck?: 'false'
  readonly max?: number
  readonly dir?: 'auto'
  readonly scope?: 'col' | 'row'
  readonly [aria: `aria-${string}`]: string | number | boolean
  readonly [data: `data-${string}`]: string | number
  readonly onclick?: (event: MouseEvent) => void
  readonly oninput?: (event: Event) => void
  readonly onchange?: (event: Event) => void
  readonly onkeydown?: (event: KeyboardEvent) => void
}

/** Creates an element with attributes and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  apply(element, attributes)
  fill(element, ...children)
  return element
}

/** Creates an element of a drawing. */
export function svg(
  tag: 'svg' | 'path' | 'rect' | 'line' | 'text' | 'title',
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Child[]
): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  fill(element, ...children)
  return element
}

/** Replaces the children of an element. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren(
    ...children
      .filter((child) => child !== null && child !== false)
      .map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))),
  )
}

function apply(element: HTMLElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes) as [string, unknown][]) {
    if (value === undefined || (value === false && !name.startsWith('aria-'))) continue
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value as EventListener)
    } else if (name === 'value') {
      ;(element as HTMLInputElement).value = String(value)
    } else {
      element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : String(value))
    }
  }
}
