/** A host's WebSocket as the duplex stream that replication runs over. The one file here that imports `ws`. */
import { type Duplex, pipeline } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { createWebSocketStream, WebSocket } from 'ws'
import { GoneError, UnreachableError } from '../errors/errors.ts'
import type { Link } from './link.ts'

/** WebSocket subprotocol of replication, as the host has it. */
const REPLICATE_PROTOCOL = 'vms.replicate.1'

/** Bytes of one message: hypercore's largest carries one block of 15 MiB and its proof. */
const MESSAGE_BYTES = 16 * 1024 * 1024

/** Milliseconds to open the connection. */
const OPEN_MS = 10_000

/** Something that replicates: a replica, remote files. */
export interface Replicating {
  replicate(isInitiator: boolean): Duplex
}

/** How often a host is asked again that says when to come back, and the longest wait of one time, in seconds. */
const LATER = { times: 20, longestS: 60 } as const

/** The host says when to come back. */
class TryLater extends UnreachableError {
  readonly seconds: number

  constructor(url: string, seconds: number) {
    const wait = `its host lets this address wake no more services for ${seconds} s`
    super(url, `cannot replicate from ${url}: ${wait}`)
    this.seconds = seconds
  }
}

/**
 * Connects `target` with the host at `url` (`ws:` or `wss:`). Resolves once open. Where the host says when to come back, comes
 * back: a service slept, and this address has woken as many as it may.
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
      // Of what a host answers instead, the error of ws has only the status.
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
  // At once, so that nothing of what the host sends with its first breath is lost, not even its goodbye.
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
    return `a server answers there (HTTP ${status}), but takes no such connection`
  }
  return error.message || (error.code ?? 'no reason given')
}
