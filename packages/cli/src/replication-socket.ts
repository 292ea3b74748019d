/** A host's WebSocket as the duplex stream that replication runs over. The one file here that imports `ws`. */
import { type Duplex, pipeline } from 'node:stream'
import { createWebSocketStream, WebSocket } from 'ws'
import { UnreachableError } from './errors.ts'
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

/** Connects `target` with the host at `url` (`ws:` or `wss:`). Resolves once open. */
export async function replicateOver(url: string, target: Replicating): Promise<Link> {
  const socket = new WebSocket(url, REPLICATE_PROTOCOL, {
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES,
    handshakeTimeout: OPEN_MS,
  })
  const opened = Promise.withResolvers<void>()
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
  return { close: () => socket.terminate(), lost: lost.signal }
}

function reason(error: NodeJS.ErrnoException): string {
  const status = /^Unexpected server response: (\d+)$/.exec(error.message)?.[1]
  if (status !== undefined) {
    return `a server answers there (HTTP ${status}), but takes no such connection`
  }
  return error.message || (error.code ?? 'no reason given')
}
