/** Packs waiting calls into signed requests: one signature for many calls. */
import {
  encodeRequest,
  isDebugName,
  type Request,
  requestId,
  requestSignable,
  type SignedHead,
  type Signer,
} from '@vms/format'
import { VmsClockError, type VmsRefusal, VmsUsageError } from './errors.ts'
import { CLOCKS_APART_MS, REQUEST_LIFETIME_MS, REQUEST_OVERHEAD_BYTES } from './limits.ts'
import type { PendingCall } from './pending-call.ts'
import type { ClientCrypto } from './platform.ts'

/** Who signs: a key, or the plain name of a debug caller, who does not. */
export type Caller = Signer | string

/** Throws {@link VmsUsageError} for what is no plain name of a debug caller. */
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
  /** What the host signed of it so far. */
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

/** What a request says beside its calls. */
export interface RequestContext {
  readonly crypto: ClientCrypto
  readonly ledger: Uint8Array
  readonly caller: Caller
  /** The newest head that was verified. */
  readonly head: SignedHead
  /** Our clock, and what the host's is ahead of it, in milliseconds. */
  readonly now: number
  readonly hostAheadMs: number
  /** Longest lifetime that the host takes, in milliseconds. */
  readonly lifetimeMs: number
}

/** Signs a request with these calls. Rejects with {@link VmsClockError} and signs nothing if the clocks are too far apart. */
export async function signCalls(
  context: RequestContext,
  calls: readonly PendingCall[],
): Promise<SignedRequest> {
  const { crypto, ledger, caller, head } = context
  const request: Request = {
    version: 1,
    ledger,
    caller: typeof caller === 'string' ? caller : caller.publicKey,
    head: { length: head.length, treeHash: head.treeHash },
    expires: expiry(context),
    nonce: crypto.randomBytes(16),
    calls: calls.map(({ method, args }) => [method, args]),
  }
  const bytes = encodeRequest(request)
  const signature = typeof caller === 'string' ? null : await caller.sign(requestSignable(bytes))
  const id = requestId(crypto, bytes)
  const unsent = { sendings: 0, sentUnder: 0, refusals: [], pauses: 0 }
  return { request, bytes, id, signature, calls, ...unsent }
}

/** Throws {@link VmsClockError} if the clocks are too far apart. */
function expiry({ now, hostAheadMs, lifetimeMs }: RequestContext): number {
  if (Math.abs(hostAheadMs) > CLOCKS_APART_MS)
    throw new VmsClockError(now + hostAheadMs, now, CLOCKS_APART_MS)
  return Math.max(0, Math.floor(now + hostAheadMs + Math.min(REQUEST_LIFETIME_MS, lifetimeMs)))
}

/** What becomes of a call that takes more than the service allows even alone. */
export function tooLarge(call: PendingCall, bytes: number, limit: number): VmsUsageError {
  return new VmsUsageError(
    'ERR_VMS_TOO_LARGE',
    `the call of ${call.method} makes a request of ${bytes} bytes, the limit is ${limit}`,
    {
      hint: 'give it smaller arguments, or several calls',
    },
  )
}
