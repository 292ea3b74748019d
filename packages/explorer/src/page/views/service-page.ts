/** The page of one service: its facts and its sections. */

import { fetchServices } from '../model/description.ts'
import { type Route, routeTo, type Section, sections } from '../model/route.ts'
import { ServiceLink } from '../model/service-link.ts'
import { visibleLine } from '../model/visible.ts'
import { fill, h } from '../widgets/element.ts'
import { copyButton, idElement, note } from '../widgets/pieces.ts'
import { ActivityView } from './activity-view.ts'
import { AuditView } from './audit-view.ts'
import { FilesView } from './files-view.ts'
import { LedgerView } from './ledger-view.ts'
import { ScriptView } from './script-view.ts'
import type { View } from './view.ts'

const sectionNames: Readonly<Record<Section, string>> = {
  ledger: 'Ledger',
  files: 'Files',
  script: 'Script',
  activity: 'Activity',
  audit: 'Checks',
}

export class ServicePage {
  readonly element: HTMLElement
  readonly id: string
  #link: ServiceLink
  #title = h('h1', { tabindex: -1, dir: 'auto' }, '…')
  #state = h('p', { class: 'state', role: 'status' })
  #tabs = h('nav', { class: 'tabs', 'aria-label': 'Parts of the service' })
  #body = h('div', { class: 'section' })
  #view: View | null = null
  #section: Section | null = null
  #item = ''
  #route: Route

  constructor(route: Route) {
    this.id = route.service as string
    this.#route = route
    this.#link = new ServiceLink(this.id)
    this.element = h(
      'div',
      { class: 'service' },
      h(
        'header',
        { class: 'service-head' },
        h('a', { class: 'back', href: '#/' }, 'All services'),
        this.#title,
        h(
          'div',
          { class: 'service-facts' },
          idElement(this.id),
          copyButton(`vms://${this.id}`, 'the address of the ledger'),
          this.#state,
        ),
      ),
      this.#tabs,
      this.#body,
    )
    fill(this.#body, note('Connecting…'))
    this.#link.onState(() => this.#show())
    void this.#link.open()
  }

  /** Shows another place in the same service. */
  go(route: Route): void {
    this.#route = route
    this.#show()
  }

  close(): void {
    this.#view?.close()
    this.#link.close()
  }

  #show(): void {
    this.#sayState()
    const { state } = this.#link
    if (state.kind === 'connecting') return
    if (state.kind === 'failed' && (!this.#view || state.refuted)) {
      this.#view?.close()
      this.#view = null
      this.#section = null
      fill(this.#body, refused(state.message, state.refuted))
      void this.#nameAnyway()
      return
    }
    if (state.kind === 'failed') return
    const { title } = this.#link.info.genesis.script
    this.#title.textContent = visibleLine(title) || 'Untitled'
    document.title = `${visibleLine(title) || 'Untitled'} · VMS host`
    const { section, item } = this.#route
    this.#drawTabs(section)
    const isNew = this.#section !== section
    if (isNew) {
      this.#view?.close()
      this.#section = section
      this.#view = makeView(section, this.#link)
      fill(this.#body, this.#view.element)
    }
    // A lost and regained connection does not reset the reader's view.
    if (isNew || this.#item !== item) this.#view?.show(item)
    this.#item = item
  }

  /** Shows the host's title of the service if the page cannot ask the ledger. */
  async #nameAnyway(): Promise<void> {
    const services = await fetchServices().catch(() => [])
    const listed = services.find(({ id }) => id === this.id)
    this.#title.textContent = listed ? visibleLine(listed.title) || 'Untitled' : 'Not found'
  }

  #drawTabs(current: Section): void {
    const focused = this.#tabs.contains(document.activeElement)
    fill(
      this.#tabs,
      ...sections.map((section) =>
        h(
          'a',
          {
            href: routeTo(this.id, section),
            ...(section === current && { 'aria-current': 'page' as const }),
          },
          sectionNames[section],
        ),
      ),
    )
    if (focused) this.#tabs.querySelector<HTMLElement>('[aria-current]')?.focus()
  }

  #sayState(): void {
    const { state } = this.#link
    this.#state.dataset['kind'] = state.kind
    this.#state.textContent =
      state.kind === 'open'
        ? 'Live'
        : state.kind === 'failed'
          ? state.refuted
            ? 'Refused'
            : 'Not connected'
          : state.kind === 'connecting'
            ? 'Connecting…'
            : 'Connection lost, trying again…'
  }
}

const refused = (message: string, refuted: boolean): HTMLElement =>
  h(
    'div',
    { class: 'verdict bad', role: 'alert' },
    h(
      'strong',
      {},
      refuted ? 'What the host says does not hold.' : 'The service cannot be reached.',
    ),
    h('p', {}, visibleLine(message)),
    refuted &&
      h(
        'p',
        {},
        'Nothing more of it is shown here. Somebody between you and the host may have changed it, or the host itself.',
      ),
  )

function makeView(section: Section, link: ServiceLink): View {
  switch (section) {
    case 'ledger':
      return new LedgerView(link)
    case 'files':
      return new FilesView(link)
    case 'script':
      return new ScriptView(link)
    case 'activity':
      return new ActivityView(link)
    case 'audit':
      return new AuditView(link)
    default:
      return section satisfies never
  }
}
