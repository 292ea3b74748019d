/** The reader's place in the page, as the part of the address after `#`. So links to a place and the browser's buttons work. */

/** The section of a service's page. */
export const sections = ['ledger', 'files', 'script', 'activity', 'audit'] as const
export type Section = (typeof sections)[number]

/** A place in the page: the list of services, or a part of one. */
export interface Route {
  /** Id of the service; null at the list. */
  readonly service: string | null
  readonly section: Section
  /** The item of the section: the number of an entry, the path of a file. Empty: no item. */
  readonly item: string
}

/** The place that an address names; the list if it names none. */
export function parseRoute(hash: string): Route {
  const [, service = '', section = '', ...rest] = hash.replace(/^#/, '').split('/')
  const known = sections.find((name) => name === section)
  return {
    service: /^[a-z0-9]{52}$/.test(service) ? service : null,
    section: known ?? 'ledger',
    item: known ? decode(rest.join('/')) : '',
  }
}

/** The address of a place. */
export const routeTo = (service: string, section: Section, item = ''): `#${string}` =>
  `#/${service}/${section}${item === '' ? '' : `/${encodeURIComponent(item)}`}`

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
