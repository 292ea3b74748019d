/**
 * Makes elements. The only way in which this page puts anything on the screen: children are elements or text, and text stays
 * text, so nothing that a script, a caller or a host wrote can become markup.
 */

/** What stands in an element. Null and false stand for nothing. */
export type Child = Node | string | number | null | false

export interface Attributes {
  readonly class?: string
  readonly id?: string
  readonly role?: string
  /** Only places of this page. */
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

/** An element with attributes and children. */
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

/** The same, in a drawing. */
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

/** Replaces the children. */
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
