/** Packs waiting calls into requests: one signature for many calls. */
import { isDebugName, type Request, type Signer } from '@vms/format'
import { type VmsRefusal, VmsUsageError } from '../errors/errors.ts'
import { REQUEST_OVERHEAD_BYTES } from './limits.ts'
import type { PendingCall } from './pending-call.ts'

/** The caller: a signer, or the plain name of a debug caller, who does not sign. */
export type Caller = Signer | string

/** Throws {@link VmsUsageError} if this is no name of a debug caller. */
export function assertDebugName(user: string | undefined): void {
  if (user === undefined || isDebugName(user)) return
  throw new VmsUsageError(
    'ERR_VMS_BAD_USER',
    `${JSON.stringify(user)} is no name for a debug caller`,
    { hint: '1 to 64 letters, digits, dots, dashes or underscores' },
  )
}

/** A request on its way. */
export interface SignedRequest {
  readonly request: Request
  readonly bytes: Uint8Array
  readonly id: Uint8Array
  readonly signature: Uint8Array | null
  readonly calls: readonly PendingCall[]
  /** How often its bytes were sent. */
  sendings: number
  /** Entries of the head that was verified when it was sent last. */
  sentUnder: number
  /** The host's refusals of it so far. */
  readonly refusals: VmsRefusal[]
  /** How often it was sent to a host that could not take it then. */
  pauses: number
}

/**
 * Takes from the front of `queue` the calls of the next request: at most `calls` of them, and `bytes` together; a call
 * that goes alone, alone. Calls that are settled by now are dropped. Returns none if the queue holds none.
 */
export function takeCalls(
  queue: PendingCall[],
  limits: { readonly calls: number; readonly bytes: number },
): PendingCall[] {
  const taken: PendingCall[] = []
  let bytes = REQUEST_OVERHEAD_BYTES
  let at = 0
  for (; at < queue.length && taken.length < limits.calls; at++) {
    const call = queue[at] as PendingCall
    if (call.settled) continue
    const fits = bytes + call.bytes <= limits.bytes && !call.alone && !taken[0]?.alone
    if (taken.length > 0 && !fits) break
    taken.push(call)
    bytes += call.bytes
  }
  queue.splice(0, at)
  return taken
}
