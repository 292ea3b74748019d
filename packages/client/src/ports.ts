/** What a client needs of the world; the defaults are the platform's own, tests pass others. */

import { type OpenTransport, openWebSocket } from '@vms/rpc'

export interface ClientPorts {
  readonly openTransport: OpenTransport
  /** Milliseconds since the epoch. */
  now(): number
  /** A number in [0, 1), for jitter only. */
  random(): number
}

export const platformPorts: ClientPorts = {
  openTransport: openWebSocket,
  now: () => Date.now(),
  random: () => Math.random(),
}
