/** The first page: the services of this host. */
import { fetchServices, hostName, type ListedService } from '../model/description.ts'
import { routeTo } from '../model/route.ts'
import { visibleLine } from '../model/visible.ts'
import { counted } from '../model/words.ts'
import { fill, h } from '../widgets/element.ts'
import { idElement, note } from '../widgets/pieces.ts'
import type { View } from './view.ts'

/** Milliseconds between two reads of the host's services. */
const AGAIN_MS = 5_000

/** Services to show at first; a button shows the rest. */
const SHOWN = 200

export class ServicesView implements View {
  readonly element: HTMLElement
  #list = h('div', { class: 'services' })
  #said = h('p', { class: 'said', role: 'status' })
  #again = 0
  #shown = SHOWN
  #wanted = ''
  #services: readonly ListedService[] = []
  #last = ''

  constructor() {
    const search = h('input', {
      type: 'search',
      id: 'find-service',
      placeholder: 'Title, id or method',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: (event) => {
        this.#wanted = (event.target as HTMLInputElement).value.trim().toLowerCase()
        this.#draw()
      },
    })
    this.element = h(
      'div',
      { class: 'home' },
      h('h1', { tabindex: -1 }, 'Services of ', h('span', { class: 'host' }, hostName)),
      h(
        'p',
        { class: 'lead' },
        'A service is a script that this host runs for others. The host writes each call and its outcome into a signed ledger, so that anyone can check what it did. This page checks it as you read.',
      ),
      h(
        'div',
        { class: 'finder' },
        h('label', { for: 'find-service' }, 'Find'),
        search,
        this.#said,
      ),
      this.#list,
    )
    fill(this.#list, note('Asking the host…'))
    void this.#look()
  }

  show(): void {}

  close(): void {
    clearTimeout(this.#again)
    this.#again = -1
  }

  async #look(): Promise<void> {
    try {
      this.#services = await fetchServices()
      const said = JSON.stringify(this.#services)
      // Keeps the elements, and the focus in them, unless something changed.
      if (said !== this.#last) this.#draw()
      this.#last = said
    } catch (error) {
      if (this.#last === '')
        fill(this.#list, note(`The host does not answer: ${(error as Error).message}`, 'bad'))
      else this.#said.textContent = 'The host does not answer; this is what it said before.'
      this.#last = this.#last && 'gone'
    }
    if (this.#again !== -1) this.#again = window.setTimeout(() => this.#look(), AGAIN_MS)
  }

  #draw(): void {
    const wanted = this.#wanted
    const fits = ({ title, id, methods }: ListedService): boolean =>
      [title.toLowerCase(), id, ...methods.map((name) => name.toLowerCase())].some((text) =>
        text.includes(wanted),
      )
    const found = this.#services.filter(fits)
    const focused = document.activeElement?.getAttribute('href')
    this.#said.textContent =
      wanted === '' ? counted(found.length, 'service') : `${counted(found.length, 'service')} found`
    fill(
      this.#list,
      found.length === 0
        ? note(
            wanted === ''
              ? 'Nothing is served here yet.'
              : 'None of the services has that in its title, id or methods.',
          )
        : null,
      found.length > 0 &&
        h(
          'ul',
          { class: 'cards' },
          ...found.slice(0, this.#shown).map((service) => h('li', {}, card(service))),
        ),
      found.length > this.#shown &&
        h(
          'button',
          {
            type: 'button',
            onclick: () => {
              this.#shown += SHOWN
              this.#draw()
            },
          },
          `Show ${Math.min(SHOWN, found.length - this.#shown)} more`,
        ),
    )
    if (focused) {
      const again = [...this.#list.querySelectorAll('a')].find(
        (link) => link.getAttribute('href') === focused,
      )
      again?.focus({ preventScroll: true })
    }
  }
}

const card = (service: ListedService): HTMLElement =>
  h(
    'a',
    { class: 'card', href: routeTo(service.id, 'ledger') },
    h(
      'span',
      { class: 'card-title' },
      h('strong', { dir: 'auto' }, visibleLine(service.title) || 'Untitled'),
      service.isProvisioning && h('span', { class: 'tag' }, 'what this host serves'),
      service.state !== 'running' && h('span', { class: 'tag quiet' }, visibleLine(service.state)),
    ),
    h(
      'span',
      { class: 'card-methods' },
      service.methods.map(visibleLine).join(', ') || 'no methods',
    ),
    service.fault &&
      h(
        'span',
        { class: 'card-fault' },
        visibleLine(service.fault.reason),
        ' ',
        h('code', {}, visibleLine(service.fault.code)),
      ),
    h(
      'span',
      { class: 'card-facts' },
      idElement(service.id),
      h('span', { class: 'numbers' }, counted(service.length, 'entry', 'entries')),
    ),
  )
