/**
 * Why there was no connection. A WebSocket does not tell, neither in browsers nor on Node; a plain request to the same
 * server often does, so one is made after the failure.
 */
import { TransportError } from './errors.ts'

/** Milliseconds that the question may take: the connection has failed anyway. */
const ASK_MS = 1_000

/** What everybody meets, in words; other reasons keep the platform's. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such name',
  EAI_AGAIN: 'the name could not be looked up',
  ENETUNREACH: 'there is no way to that network',
  EHOSTUNREACH: 'there is no way to that machine',
}

/** The error for a WebSocket to `url` that did not come about. Never rejects. */
export async function unreachable(url: string, signal: AbortSignal): Promise<TransportError> {
  const message = `cannot connect to ${url}`
  const page = new URL('/.well-known/vms.json', url.replace(/^ws/, 'http'))
  try {
    const { status, body } = await fetch(page, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    })
    await body?.cancel()
    const why =
      status === 503
        ? 'the host is not ready yet, or has too many connections'
        : `a server answers there (HTTP ${status}), but takes no such connection`
    return new TransportError(url, `${message}: ${why}`)
  } catch (error) {
    const why = reasonOf(error)
    return new TransportError(url, why === '' ? message : `${message}: ${why}`, { cause: error })
  }
}

/** Node wraps the reason, and where a name has several addresses, the reasons of all of them. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : null
  const inner: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
  if (!(inner instanceof Error)) return ''
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : ''
  return reasons[code] ?? inner.message
}
