/**
 * An oracle that reads from the web: `await System.oracle('fetch', url)`. It reads only from the origins that the operator names, without
 * credentials, and with a limit on size. It never changes anything elsewhere, because a host that crashes between the question and the
 * commit asks again. An operator who needs changes writes an oracle for them.
 */

import { bodyOf } from './fetch-body.ts'
import { FetchError } from './fetch-error.ts'
import type { OracleContext, OracleFunction } from './oracles.ts'

/** Most redirects to follow before the fetch fails, because redirects may form a ring. */
const REDIRECTS = 5

/** Most UTF-16 units of a URL, and of one header from a script. */
const TEXT_MAX = 8_192

/** Headers that a script may send. None of them identifies the host or its caller. */
const REQUEST_HEADERS = ['accept', 'accept-language', 'if-modified-since', 'if-none-match']

/** Headers of the response that the script gets. */
const RESPONSE_HEADERS = ['content-type', 'date', 'etag', 'expires', 'last-modified']

const METHODS = ['GET', 'HEAD']

/** Most bytes of a body, after decompression. Less than the limit of a result, so that headers have room. */
export const FETCH_BODY_BYTES = 512 * 1024

export interface FetchOracleOptions {
  /** Such as `https://api.example.org`: scheme, host and port, nothing else. */
  readonly origins: readonly string[]
  /** Default {@link FETCH_BODY_BYTES}. */
  readonly bodyBytes?: number
}

/** The options that a script may give for a fetch. */
export interface FetchOracleRequest {
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD'
  readonly headers?: { readonly [name: string]: string }
  /** Default: text, read as UTF-8. */
  readonly as?: 'text' | 'bytes'
}

/** The response as the script gets it. A status of 400 or 500 is a response too. */
export interface FetchOracleResponse {
  readonly status: number
  /** The URL of the response, after redirects. */
  readonly url: string
  /** Names in lower case; only those of {@link RESPONSE_HEADERS}. */
  readonly headers: { readonly [name: string]: string }
  readonly body: string | Uint8Array
}

/** Creates an oracle for {@link HostOptions.oracles}. Throws a TypeError for an invalid origin. */
export function fetchOracle({
  origins,
  bodyBytes = FETCH_BODY_BYTES,
}: FetchOracleOptions): OracleFunction {
  const allowed = new Set(origins.map(originOf))
  return async function fetchUrl(
    this: OracleContext,
    url: unknown,
    request: unknown,
  ): Promise<FetchOracleResponse> {
    const { method, headers, as } = checkedRequest(request)
    let target = allowedUrl(url, allowed)
    for (let redirects = 0; ; redirects += 1) {
      const response = await get(target, { method, headers, signal: this.signal })
      const next = redirectOf(response)
      if (next === null) {
        const body = await bodyOf(response, bodyBytes, as)
        return {
          status: response.status,
          url: target.href,
          headers: responseHeaders(response.headers),
          body,
        }
      }
      await response.body?.cancel()
      if (redirects === REDIRECTS)
        throw new FetchError(
          'ERR_VMS_FETCH_REDIRECTS',
          `${url} redirects more than ${REDIRECTS} times`,
        )
      target = allowedUrl(new URL(next, target).href, allowed)
    }
  }
}

/** The normal form of an origin. Throws a TypeError. */
function originOf(text: string): string {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new TypeError(`${text} is no origin, such as https://api.example.org`)
  }
  const bare =
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  if (!isWeb(url) || !bare || text.includes('?') || text.includes('#'))
    throw new TypeError(`${text} is no origin, such as https://api.example.org`)
  return url.origin
}

const isWeb = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'http:'

function allowedUrl(given: unknown, allowed: ReadonlySet<string>): URL {
  if (typeof given !== 'string' || given.length > TEXT_MAX || !URL.canParse(given))
    throw new FetchError('ERR_VMS_FETCH_URL', 'the first argument of fetch is the text of a URL')
  const url = new URL(given)
  if (url.username !== '' || url.password !== '')
    throw new FetchError('ERR_VMS_FETCH_URL', 'a URL with a user name or a password is not fetched')
  if (!isWeb(url) || !allowed.has(url.origin))
    throw new FetchError(
      'ERR_VMS_FETCH_ORIGIN',
      `${url.origin === 'null' ? url.protocol : url.origin} is not among the origins that this host fetches from`,
    )
  url.hash = ''
  return url
}

interface CheckedRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly as: 'text' | 'bytes'
}

function checkedRequest(request: unknown = {}): CheckedRequest {
  const wrong = (what: string): never => {
    throw new FetchError('ERR_VMS_FETCH_OPTIONS', what)
  }
  if (typeof request !== 'object' || request === null)
    return wrong('the second argument of fetch is an object: { method, headers, as }')
  const {
    method = 'GET',
    headers = {},
    as = 'text',
    ...others
  } = request as Record<string, unknown>
  const [other] = Object.keys(others)
  if (other !== undefined) wrong(`fetch has no option ${JSON.stringify(other)}`)
  if (!METHODS.includes(method as string)) wrong(`the method is ${METHODS.join(' or ')}`)
  if (as !== 'text' && as !== 'bytes') return wrong('as is text or bytes')
  if (typeof headers !== 'object' || headers === null) wrong('headers are an object')
  const sent: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers as object)) {
    if (!REQUEST_HEADERS.includes(name.toLowerCase()))
      wrong(`the header ${JSON.stringify(name)} is not sent, only ${REQUEST_HEADERS.join(', ')}`)
    if (typeof value !== 'string' || value.length > TEXT_MAX || !/^[\x20-\x7e]*$/.test(value))
      wrong(`the header ${JSON.stringify(name)} is no printable ASCII text`)
    sent[name.toLowerCase()] = value as string
  }
  return { method: method as string, headers: sent, as }
}

async function get(
  url: URL,
  options: { method: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(url, {
      ...options,
      redirect: 'manual',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
    })
  } catch (error) {
    throw FetchError.failed(url, error)
  }
}

/** The target of a redirect; null if the response is no redirect. */
function redirectOf({ status, headers }: Response): string | null {
  return [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null
}

function responseHeaders(headers: Headers): Record<string, string> {
  const found = RESPONSE_HEADERS.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value.slice(0, TEXT_MAX)] as const]
  })
  return Object.fromEntries(found)
}
