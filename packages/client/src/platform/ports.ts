/** The ports of a client to its platform: connections, clock, timers and randomness. Tests and simulations pass their own. */
import { type OpenTransport, openWebSocket } from '@vms/rpc'
import { after } from './timer.ts'

export interface ClientPorts {
  readonly openTransport: OpenTransport
  /** Milliseconds since the epoch. */
  now(): number
  /** A number in [0, 1), for jitter only. */
  random(): number
  /** Calls `callback` after `ms` milliseconds. Returns the function that cancels it. */
  after(ms: number, callback: () => void): () => void
  /** `length` bytes for the nonce of a request. Default: the platform's cryptography. */
  readonly randomBytes?: (length: number) => Uint8Array
}

export const platformPorts: ClientPorts = {
  openTransport: openWebSocket,
  now: () => Date.now(),
  random: () => Math.random(),
  after,
}
