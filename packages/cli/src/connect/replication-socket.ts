/** Replication with a host over a WebSocket. */
import { type Duplex, pipeline } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { createWebSocketStream, WebSocket } from 'ws'
import { GoneError, UnreachableError } from '../errors/errors.ts'
import type { Link } from './link.ts'

/** The host's WebSocket subprotocol for replication. */
const REPLICATE_PROTOCOL = 'vms.replicate.1'

/** Most bytes of one message. hypercore's largest carries a block of 15 MiB and its proof. */
const MESSAGE_BYTES = 16 * 1024 * 1024

/** Milliseconds within which the connection must open. */
const OPEN_MS = 10_000

/** A replica, or remote files. */
export interface Replicating {
  replicate(isInitiator: boolean): Duplex
}

/** Most tries with a host that names a time to come back, and the longest wait before a try, in seconds. */
const LATER = { times: 20, longestS: 60 } as const

/** The host refuses for now, and says how long to wait. */
class TryLater extends UnreachableError {
  readonly seconds: number

  constructor(url: string, seconds: number) {
    const wait = `the host wakes no more services for this address for ${seconds} s`
    super(url, `cannot replicate from ${url}: ${wait}`)
    this.seconds = seconds
  }
}

/**
 * Connects `target` with the host at `url` (`ws:` or `wss:`). Resolves when the connection is open. If the service sleeps and
 * this address has woken as many services as it may, waits for the time that the host names and tries again.
 */
export async function replicateOver(
  url: string,
  target: Replicating,
  signal?: AbortSignal,
): Promise<Link> {
  for (let time = 1; ; time++) {
    try {
      return await replicateOnce(url, target)
    } catch (error) {
      const later = error instanceof TryLater && error.seconds <= LATER.longestS
      if (!later || time > LATER.times) throw error
      await setTimeout(error.seconds * 1_000, undefined, signal && { signal })
    }
  }
}

async function replicateOnce(url: string, target: Replicating): Promise<Link> {
  const opened = Promise.withResolvers<void>()
  const socket = new WebSocket(url, REPLICATE_PROTOCOL, {
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES,
    handshakeTimeout: OPEN_MS,
    finishRequest: (request) => {
      // The error of ws has only the status of another answer.
      request.once('response', ({ statusCode, headers }) => {
        const seconds = Number(headers['retry-after'])
        if (statusCode === 429 && seconds > 0) opened.reject(new TryLater(url, seconds))
        if (statusCode === 404) {
          const message = `cannot replicate from ${url}: the host does not have this ledger (HTTP 404)`
          opened.reject(new GoneError(url, message))
        }
      })
      request.end()
    },
  })
  let carrier: { readonly bytesRead: number } | null = null
  socket.once('upgrade', (response) => {
    carrier = response.socket
  })
  socket.once('open', opened.resolve)
  socket.once('error', (cause) => {
    const message = `cannot replicate from ${url}: ${reason(cause)}`
    opened.reject(new UnreachableError(url, message, { cause }))
  })
  // Before the connection opens, so that no byte that the host sends at once is lost.
  const wire = createWebSocketStream(socket)
  pipeline(wire, target.replicate(true), wire, () => socket.terminate())
  const lost = new AbortController()
  socket.once('close', () => {
    lost.abort(new UnreachableError(url, `the host at ${url} ended the connection`))
  })
  await opened.promise
  const received = (): number => carrier?.bytesRead ?? 0
  return { close: () => socket.terminate(), lost: lost.signal, received }
}

function reason(error: NodeJS.ErrnoException): string {
  const status = /^Unexpected server response: (\d+)$/.exec(error.message)?.[1]
  if (status !== undefined) {
    return `a server answers there (HTTP ${status}), but refuses this connection`
  }
  return error.message || (error.code ?? 'no reason given')
}
