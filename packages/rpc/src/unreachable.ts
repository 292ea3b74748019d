/**
 * Why a connection failed. A WebSocket hides the reason, in browsers and on Node. A plain request to the same server often shows it, so
 * the client makes one after the failure.
 */
import { reasonOf } from '#reason'
import { TransportError } from './errors.ts'

/** Most milliseconds for the request that asks for the reason. */
const ASK_MS = 1_000

/** The server answers, so it may have refused this client, for example with status 429. */
const TOO_MANY = ', or no more from this address for now'

/** The error for a failed WebSocket to `url`. Never rejects. */
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
        : status === 421
          ? `the host accepts requests from its own machine only, and refuses the name ${page.hostname}`
          : `a server answers there (HTTP ${status}), but takes no such connection${status === 200 ? TOO_MANY : ''}`
    return new TransportError(url, `${message}: ${why}`)
  } catch (error) {
    const why = reasonOf(error)
    return new TransportError(url, why === '' ? message : `${message}: ${why}`, { cause: error })
  }
}
