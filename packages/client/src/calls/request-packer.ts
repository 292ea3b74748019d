/** Packs waiting calls into requests: one signature for many calls. */
import { isDebugName, type Request, type Signer } from '@vms/format'
import { type VmsRefusal, VmsUsageError } from '../errors/errors.ts'
import { REQUEST_OVERHEAD_BYTES } from './limits.ts'
import type { PendingCall } from './pending-call.ts'

/** The caller: a signer, or the plain name of a debug caller, which signs nothing. */
export type Caller = Signer | string

/** Throws {@link VmsUsageError} if `user` is not a valid name of a debug caller. */
export function assertDebugName(user: string | undefined): void {
  if (user === undefined || isDebugName(user)) return
  throw new VmsUsageError(
    'ERR_VMS_BAD_USER',
    `${JSON.stringify(user)} is no name for a debug caller`,
    { hint: '1 to 64 letters, digits, dots, dashes or underscores' },
  )
}

/** A signed request that the client sends until it is answered. */
export interface SignedRequest {
  readonly request: Request
  readonly bytes: Uint8Array
  readonly id: Uint8Array
  readonly signature: Uint8Array | null
  readonly calls: readonly PendingCall[]
  /** How often the client has sent its bytes. */
  sendings: number
  /** Length of the verified head at the last sending. */
  sentUnder: number
  /** The host's refusals of it so far. */
  readonly refusals: VmsRefusal[]
  /** How often the client sent it to a host that was too busy for it. */
  pauses: number
}

/** Number of taken calls at the front below which the queue does not move up the rest. */
const TAKEN_MIN = 1_024

/** Waiting calls, in order. Taking from the front costs the same however many wait. */
export class CallQueue {
  #calls: PendingCall[] = []
  /** Calls at the front that were taken. */
  #taken = 0

  get length(): number {
    return this.#calls.length - this.#taken
  }

  push(call: PendingCall): void {
    this.#calls.push(call)
  }

  /** Puts calls back in front of all others. */
  putBack(calls: readonly PendingCall[]): void {
    this.#calls.splice(0, this.#taken, ...calls)
    this.#taken = 0
  }

  /** Takes all waiting calls. */
  drain(): PendingCall[] {
    const calls = this.#calls.slice(this.#taken)
    this.#calls = []
    this.#taken = 0
    return calls
  }

  /**
   * Takes the calls of the next request: at most `calls` of them, with at most `bytes` together. A call marked `alone` gets a request of
   * its own. Drops settled calls. Returns none if no call waits.
   */
  take(limits: { readonly calls: number; readonly bytes: number }): PendingCall[] {
    const taken: PendingCall[] = []
    let bytes = REQUEST_OVERHEAD_BYTES
    let at = this.#taken
    for (; at < this.#calls.length && taken.length < limits.calls; at++) {
      const call = this.#calls[at] as PendingCall
      if (call.settled) continue
      const fits = bytes + call.bytes <= limits.bytes && !call.alone && !taken[0]?.alone
      if (taken.length > 0 && !fits) break
      taken.push(call)
      bytes += call.bytes
    }
    this.#taken = at
    if (at > TAKEN_MIN && 2 * at > this.#calls.length) this.putBack([])
    return taken
  }
}
