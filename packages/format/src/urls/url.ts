/**
 * Addresses: `vms://` names a ledger, `hyper://` files, `ws(s)://` a running host. Parsing is forgiving, because people
 * type these: `localhost:5555`, `:5555`, `http://…`, a bare key in z-base-32 or hexadecimal.
 */
import { fromHex } from '../codec/bytes.ts'
import { AddressError } from '../codec/errors.ts'
import { decodeZ32Key, encodeZ32 } from './z32.ts'

/** What an address names. `url` is the normal form. */
export type Address =
  | { readonly kind: 'service'; readonly url: string; readonly ledger: Uint8Array | null }
  | { readonly kind: 'ledger'; readonly url: string; readonly key: Uint8Array }
  | {
      readonly kind: 'files'
      readonly url: string
      readonly key: Uint8Array
      readonly path: string
    }

/** `vms://<z32 ledger key>` */
export const ledgerUrl = (key: Uint8Array): string => `vms://${encodeZ32(key)}`

/** `hyper://<z32 files key>` */
export const filesUrl = (key: Uint8Array): string => `hyper://${encodeZ32(key)}`

/** z-base-32 of a 32-byte key: 52 characters. */
export const encodeKey = (key: Uint8Array): string => encodeZ32(key)

const HEX_KEY = /^[0-9a-f]{64}$/i

/** The 32-byte key of a text in z-base-32 or hexadecimal; null if the text is no key. */
export function parseKey(text: string): Uint8Array | null {
  if (HEX_KEY.test(text)) return fromHex(text)
  // 52 characters hold 260 bits. The last 4 must be zero; otherwise two texts would name one key.
  return decodeZ32Key(text)
}

/** From this many characters on, the last part of a path counts as a mistyped id. */
const MEANT_AS_ID = 32

/** Hosts that mean this machine. They get plain `ws` by default; all others get `wss`. */
const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/i

/** Parses an address. Throws {@link AddressError} with the accepted forms. */
export function parseAddress(text: string): Address {
  const address = text.trim()
  const keyed = /^(vms|hyper):\/\/([^/?#]+)(\/[^?#]*)?$/i.exec(address)
  if (keyed)
    return keyedAddress(
      text,
      (keyed[1] as string).toLowerCase(),
      keyed[2] as string,
      keyed[3] ?? '/',
    )
  const bare = parseKey(address)
  if (bare) return { kind: 'ledger', url: ledgerUrl(bare), key: bare }
  return serviceAddress(text, address)
}

function keyedAddress(text: string, scheme: string, host: string, path: string): Address {
  const key = parseKey(host)
  if (!key)
    throw new AddressError(
      text,
      `${scheme}://${host} does not hold a key: 52 characters of z-base-32 or 64 of hexadecimal`,
    )
  if (scheme === 'hyper')
    return { kind: 'files', url: filesUrl(key), key, path: decoded(text, path) }
  if (path !== '/') throw new AddressError(text, `${scheme}:// takes a key and no path`)
  return { kind: 'ledger', url: ledgerUrl(key), key }
}

function decoded(text: string, path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw new AddressError(
      text,
      `${path} is no path: a % stands without two hexadecimal digits, or is no UTF-8`,
    )
  }
}

function serviceAddress(text: string, address: string): Address {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase()
  if (scheme === 'vms' || scheme === 'hyper') {
    throw new AddressError(text, `${scheme}:// takes a key, without ? and #`)
  }
  if (scheme && !['ws', 'wss', 'http', 'https'].includes(scheme)) {
    throw new AddressError(
      text,
      `unknown scheme ${scheme}://; use ws://, wss://, http://, https://, vms:// or hyper://`,
    )
  }
  const rest = scheme
    ? address.slice(scheme.length + 3)
    : address.startsWith(':')
      ? `localhost${address}`
      : /^\d{1,5}$/.test(address)
        ? `localhost:${address}`
        : address
  if (!scheme && !/^(\[[0-9a-f:]+\]|[a-z0-9][a-z0-9.-]*)(:\d+)?(\/|$)/i.test(rest)) {
    throw new AddressError(
      text,
      `${JSON.stringify(text)} is no address; use one like localhost:5555, wss://example.org or vms://<key>`,
    )
  }
  let url: URL
  try {
    url = new URL(`${scheme === 'https' || scheme === 'wss' ? 'wss' : 'ws'}://${rest}`)
  } catch (cause) {
    throw new AddressError(
      text,
      `${JSON.stringify(text)} is no address: ${(cause as Error).message}`,
    )
  }
  if (!scheme && !LOCAL.test(url.hostname)) url.protocol = 'wss:'
  const id = /([^/]*)\/?$/.exec(url.pathname)?.[1] ?? ''
  const ledger = parseKey(id)
  // The path of a host within a site. A part as long as an id is probably a mistyped id.
  if (!ledger && (id.length >= MEANT_AS_ID || !/^(\/[\w.~-]+)*\/?$/.test(url.pathname)))
    throw new AddressError(text, `${url.pathname} is no ledger id: 52 characters of z-base-32`)
  url.hash = ''
  if (!ledger && !url.pathname.endsWith('/')) url.pathname += '/'
  return { kind: 'service', url: url.href, ledger }
}
