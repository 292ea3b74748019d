/** Signs the calls of one request. Loaded with the checking code: the client signs nothing before it has verified the host. */
import {
  encodeRequest,
  type Request,
  requestId,
  requestSignable,
  type SignedHead,
} from '@vms/format'
import { VmsUsageError } from '../errors/errors.ts'
import type { ClientCrypto } from '../platform/platform.ts'
import { assertClocks } from './clocks.ts'
import { REQUEST_LIFETIME_MS } from './limits.ts'
import type { PendingCall } from './pending-call.ts'
import type { Caller, SignedRequest } from './request-packer.ts'

/** The fields of a request besides its calls. */
export interface RequestContext {
  readonly crypto: ClientCrypto
  readonly ledger: Uint8Array
  readonly caller: Caller
  /** 16 bytes, different in each request of the caller. */
  readonly nonce: Uint8Array
  /** The newest verified head. */
  readonly head: SignedHead
  /** This clock, and how far the host's is ahead of it, in milliseconds. */
  readonly now: number
  readonly hostAheadMs: number
  /** Longest lifetime of a request that the host accepts, in milliseconds. */
  readonly lifetimeMs: number
}

/** Signs a request with these calls. Rejects with {@link VmsClockError} and signs nothing if the clocks are too far apart. */
export async function signCalls(
  context: RequestContext,
  calls: readonly PendingCall[],
): Promise<SignedRequest> {
  assertClocks(context.now, context.hostAheadMs)
  const { crypto, ledger, caller, head } = context
  const request: Request = {
    version: 1,
    ledger,
    caller: typeof caller === 'string' ? caller : caller.publicKey,
    head: { length: head.length, treeHash: head.treeHash },
    expires: expiry(context),
    nonce: context.nonce,
    calls: calls.map(({ method, args }) => [method, args]),
  }
  const bytes = encodeRequest(request)
  const signature = typeof caller === 'string' ? null : await caller.sign(requestSignable(bytes))
  const id = requestId(crypto, bytes)
  const unsent = { sendings: 0, sentUnder: 0, refusals: [], pauses: 0 }
  return { request, bytes, id, signature, calls, ...unsent }
}

function expiry({ now, hostAheadMs, lifetimeMs }: RequestContext): number {
  return Math.max(0, Math.floor(now + hostAheadMs + Math.min(REQUEST_LIFETIME_MS, lifetimeMs)))
}

/** The error for a call that alone is larger than the service allows. */
export function tooLarge(call: PendingCall, bytes: number, limit: number): VmsUsageError {
  return new VmsUsageError(
    'ERR_VMS_TOO_LARGE',
    `the call of ${call.method} makes a request of ${bytes} bytes, the limit is ${limit}`,
    {
      hint: 'give it smaller arguments, or several calls',
    },
  )
}
