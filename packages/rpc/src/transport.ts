/**
 * The port for frames: it carries whole messages, in order. An adapter gets the listener when it opens, because the host sends first: a
 * later listener could miss the hello.
 */
import type { RpcError } from './errors.ts'

/** WebSocket subprotocol of calls: one frame per binary message. */
export const RPC_PROTOCOL = 'vms.rpc.1'

/** Name of the channel of signed statements over the DHT. */
export const STATEMENT_PROTOCOL = 'vms.statement.1'

/** WebSocket subprotocol of replication: binary messages are the bytes of one replication stream. */
export const REPLICATE_PROTOCOL = 'vms.replicate.1'

/** An open connection. */
export interface Transport {
  /** Sends one message. Does nothing once the connection has ended. */
  send(message: Uint8Array): void
  /** Ends the connection. Safe to call again. */
  close(): void
}

/** The callbacks of an adapter. */
export interface TransportListener {
  /** Each message, in order. */
  onMessage(message: Uint8Array): void
  /** Called once, when either side has ended an open connection; nothing follows. `error` is null after an orderly end. */
  onClose(error: RpcError | null): void
}

/** Opens a transport to a `ws:` or `wss:` address. Rejects with the error, or with the reason of `signal`. */
export type OpenTransport = (
  url: string,
  listener: TransportListener,
  signal: AbortSignal,
) => Promise<Transport>
