/** Options and events of a client. */
import type { KeyPair, SignedHead, Signer } from '@vms/format'
import type { OpenTransport } from '@vms/rpc'
import type { VmsError } from '../errors/errors.ts'
import type { ClientPorts } from '../platform/ports.ts'

/** Options of a connection. */
export interface ConnectOptions {
  /** Name of a debug caller, instead of a key. Only services deployed for debugging accept it. */
  readonly user?: string
  /** Key (z-base-32 or hexadecimal), `vms://` URL or bytes of the ledger that the service must have. */
  readonly ledger?: string | Uint8Array
  /** Most calls in one signed request. Default: as many as the service allows. */
  readonly requestCalls?: number
  /** Cancels the connecting. */
  readonly signal?: AbortSignal
  /** Finds the host of a `vms://` address: `joinDht()` of @vms/client/dht. */
  readonly dht?: { readonly openTransport: OpenTransport }
}

/** Options of a client. */
export interface ClientOptions extends ConnectOptions {
  /** Milliseconds to wait for a reply, and for the connection; default 5,000, for a connection over the DHT 30,000. Infinity waits for ever. */
  readonly timeout?: number
  /**
   * Signs the calls: a key pair, or a signer that does not show its key. Default: on Node a fresh key pair that is forgotten with the
   * client, in a browser the stored key pair of the page's origin.
   */
  readonly key?: KeyPair | Signer
  /** Replacements for parts of the platform, for tests. */
  readonly ports?: Partial<ClientPorts>
}

/** The reason of a reconnection, and when it comes. */
export interface Reconnection {
  /** 1 for the first try after the loss. */
  readonly attempt: number
  readonly delayMs: number
  readonly error: VmsError
}

/** Events of a client and the arguments of their listeners. */
export type ClientEvents = {
  /** The ledger has grown: the newest head, verified. */
  update: [SignedHead]
  /** A connection is open and checked. */
  open: []
  /** The methods are known. */
  ready: []
  /** The connection was lost; calls wait for the next one. */
  reconnecting: [Reconnection]
  /** Something failed for good; `close` follows. */
  error: [VmsError]
  /** The client has ended: no call is pending any more. */
  close: []
}
