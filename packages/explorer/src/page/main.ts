/** The page: shows the place that the address names, and follows its changes. */

import { hostName } from './model/description.ts'
import { parseRoute } from './model/route.ts'
import { ServicePage } from './views/service-page.ts'
import { ServicesView } from './views/services-view.ts'
import { h } from './widgets/element.ts'

const main = h('main', { id: 'main', tabindex: -1 })
let shown: ServicePage | ServicesView | null = null

function follow(): void {
  const route = parseRoute(location.hash)
  if (shown instanceof ServicePage && shown.id === route.service) {
    shown.go(route)
    return
  }
  if (shown instanceof ServicesView && route.service === null) return
  const isFirst = shown === null
  shown?.close()
  shown = route.service === null ? new ServicesView() : new ServicePage(route)
  if (route.service === null) document.title = `${hostName} · VMS host`
  main.replaceChildren(shown.element)
  window.scrollTo(0, 0)
  // A reader who followed a link continues at the heading of its target.
  if (!isFirst) main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
}

document
  .querySelector('#app')
  ?.replaceChildren(
    h(
      'header',
      { class: 'top' },
      h(
        'a',
        { class: 'brand', href: '#/' },
        h('span', { class: 'brand-mark', 'aria-hidden': 'true' }, '✓'),
        'VMS',
      ),
      h('span', { class: 'meaning' }, 'a host that can be checked'),
    ),
    main,
  )
// A link to #main moves the focus and is no place of the page.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault()
  main.focus()
})
addEventListener('hashchange', follow)
follow()
