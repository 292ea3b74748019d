/**
 * What web pages may ask of a host. A browser sends a page's requests to any address, this machine's own included, and says in
 * two headers what a page cannot forge: `Host`, the name that the browser looked up, and `Origin`, where the page came from.
 *
 * - DNS rebinding: a page's own name is made to point at 127.0.0.1. A host that only this machine is to reach therefore
 *   refuses every `Host` that is no loopback name.
 * - A debug host believes the names that callers give. It therefore takes no WebSocket from a page of another origin.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { HostError } from '../errors/errors.ts'

export interface WebGuardOptions {
  /** Names, beside the loopback names, under which visitors reach the host: a proxy's, or an alias of this machine. Default none. */
  readonly publicHosts?: readonly string[]
  /** Let pages without an origin (`Origin: null`: files, sandboxed frames) call a debug host. Default false. */
  readonly allowNullOrigin?: boolean
}

/** Why the host refuses a request: an HTTP status and a sentence for the reader. */
export interface WebRefusal {
  readonly status: '421 Misdirected Request' | '403 Forbidden'
  readonly why: string
}

export class WebGuard {
  #names: ReadonlySet<string>
  #allowNull: boolean
  #atLoopback: boolean
  #checksHost: boolean

  /**
   * `atLoopback`: the host listens at a loopback address of its own. `isProxied`: the operator named a proxy in front, which
   * passes on its own names. Throws {@link HostError} `ERR_VMS_PUBLIC_HOST`.
   */
  constructor(
    { publicHosts = [], allowNullOrigin = false }: WebGuardOptions,
    { atLoopback, isProxied }: { readonly atLoopback: boolean; readonly isProxied: boolean },
  ) {
    this.#names = new Set(publicHosts.map(publicName))
    this.#allowNull = allowNullOrigin
    this.#atLoopback = atLoopback
    this.#checksHost = atLoopback && !isProxied
  }

  /** Why the host takes no request under this name; null if it does. */
  refusesHost({ headers }: IncomingMessage): WebRefusal | null {
    if (!this.#checksHost || headers.host === undefined) return null
    const name = nameOf(headers.host)
    if (name !== null && (isLoopbackName(name) || this.#names.has(name))) return null
    return {
      status: '421 Misdirected Request',
      why: 'this host accepts requests from its own machine only, and refuses this name. Start it with --public-host <name> to allow a name, or with --trust-proxy <address> for a proxy in front.',
    }
  }

  /** Why a debug host takes no WebSocket from this page; null if it does, and for programs, which send no origin. */
  refusesOrigin({ headers }: IncomingMessage): WebRefusal | null {
    const { origin } = headers
    if (origin === undefined || this.#isOwn(origin, headers.host)) return null
    return {
      status: '403 Forbidden',
      why:
        origin === 'null'
          ? 'this debug host refuses calls from pages without an origin. Start it with --allow-null-origin to allow them.'
          : 'this debug host refuses calls from pages of another origin. Start it with --public-host <name> to allow pages of that name.',
    }
  }

  /**
   * At a loopback address the name that was asked for says nothing: a page can make its own name point there. So a debug host
   * behind a proxy needs --public-host for the pages of that proxy.
   */
  #isOwn(origin: string, host: string | undefined): boolean {
    if (origin === 'null') return this.#allowNull
    const name = nameOf(origin.replace(/^[a-z][a-z0-9+.-]*:\/\//i, ''))
    if (name === null) return false
    return (
      isLoopbackName(name) ||
      this.#names.has(name) ||
      (!this.#atLoopback && host !== undefined && name === nameOf(host))
    )
  }
}

/** The name in `name[:port]`, lower case, without a last dot or brackets; null if there is none. */
function nameOf(authority: string): string | null {
  const found = /^(?:\[([0-9a-f:.%]+)\]|([^:/?#@\s]+))(?::\d{1,5})?$/i.exec(authority)
  const name = found?.[1] ?? found?.[2]
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '')
}

/** Names that every browser and resolver keeps to this machine. */
export function isLoopbackName(name: string): boolean {
  if (isIP(name) === 4) return name.startsWith('127.')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1'
}

function publicName(given: string): string {
  const name = isIP(given) === 6 ? given.toLowerCase() : nameOf(given)
  if (name === null || given.includes('*') || (/:\d+$/.test(given) && isIP(given) !== 6)) {
    throw new HostError('ERR_VMS_PUBLIC_HOST', `${JSON.stringify(given)} is not a host name`, {
      hint: 'give the name alone, without scheme, port or wildcard, such as vms.example.org',
    })
  }
  return name
}
