/**
 * Handles refusals: checks a refusal (the ledger's refusal key signed it, and its head agrees with the verified heads), checks whether a
 * reply contradicts it, and decides what happens to the request.
 */
import {
  type Checker,
  contradicts,
  type Receipt,
  type SignedRefusal,
  sameBytes,
  verifyRefusal,
} from '@vms/format'
import { type HeadTracker, type HostRefusal, refusalMeaning, safeToSignAgain } from '@vms/rpc'
import type { ServiceInfo } from '../connection/service-info.ts'
import { type VmsRefusal, VmsRefusedError, VmsVerificationError } from '../errors/errors.ts'
import { BUSY_ATTEMPTS } from './limits.ts'
import type { SignedRequest } from './request-packer.ts'

/** Checks a refusal of `signed` and resolves with it as evidence. Rejects with {@link VmsVerificationError}. */
export async function checkRefusal(
  crypto: Checker,
  { ledger, genesis, genesisBlock, manifest }: ServiceInfo,
  tracker: Pick<HeadTracker, 'head' | 'treeHashAt'>,
  signed: SignedRequest,
  frame: HostRefusal,
): Promise<VmsRefusal> {
  const { head: held } = tracker
  const { message: _, signature, ...rest } = frame
  const claim = { ledger, requestId: signed.id, ...rest }
  const refuse = (reason: string): VmsVerificationError =>
    new VmsVerificationError('refusal', reason, { manifest, held, request: signed.bytes, frame })
  if (!(await verifyRefusal(crypto, claim, signature, genesis.keys.refusal)))
    throw refuse("its signature is not by the ledger's refusal key")
  const { length, treeHash } = claim
  if (length > held.length)
    throw refuse(`it names ${length} entries, the host has shown ${held.length}`)
  if (length < signed.sentUnder) {
    const before = `the host had shown ${signed.sentUnder} before the request was sent`
    throw refuse(`it names ${length} entries, ${before}`)
  }
  const known = tracker.treeHashAt(length)
  if (known && !sameBytes(treeHash, known))
    throw refuse(`it names another history of ${length} entries`)
  return { ...claim, request: signed.bytes, manifest, genesis: genesisBlock, signature }
}

/** A refusal in its stored form: the signed fields, and everything that a check needs. */
export const signedRefusal = (refusal: VmsRefusal): SignedRefusal => {
  const { manifest, genesis, requestId, code, covers, length, treeHash, time, signature } = refusal
  const claim = { requestId, code, covers, length, treeHash, time }
  return { version: 1, manifest, genesis, ...claim, signature }
}

/**
 * Throws {@link VmsVerificationError} if the ledger contains the request at `index` although the host had signed, under a head beyond that,
 * that it was not executed.
 */
export function checkAgainstRefusals(
  { id, bytes, refusals }: SignedRequest,
  index: number,
  receipt: () => Receipt,
): void {
  for (const refusal of refusals) {
    if (!contradicts(refusal, { ledger: refusal.ledger, requestId: id, index })) continue
    const said = `it says that the request was in none of the first ${refusal.length} entries`
    throw new VmsVerificationError('refusal', `${said}, and the request is entry ${index}`, {
      manifest: refusal.manifest,
      request: bytes,
      refusal,
      receipt: receipt(),
    })
  }
}

/**
 * The end of a refused request: the client sends its bytes again after a pause, signs its calls anew (each alone or together), or gives
 * them up.
 */
export function afterRefusal(
  refusal: VmsRefusal,
  { sendings, pauses, calls }: SignedRequest,
): 'pause' | 'alone' | 'again' | 'give up' {
  const { retry } = refusalMeaning(refusal.code)
  if (retry === 'later') return pauses < BUSY_ATTEMPTS ? 'pause' : 'give up'
  if (retry === 'never' || !safeToSignAgain(refusal, sendings)) return 'give up'
  if (retry === 'now') return 'again'
  return calls.length > 1 ? 'alone' : 'give up'
}

/** The error for the caller of a refused request. `explanation`: the host's words. */
export const refusedError = (
  refusal: VmsRefusal,
  signed: Pick<SignedRequest, 'sendings'>,
  explanation: string,
): VmsRefusedError =>
  new VmsRefusedError(
    refusal,
    refusalMeaning(refusal.code),
    explanation,
    mayHaveExecuted(refusal, signed),
  )

/** Whether the host may have executed a refused request at an earlier sending. */
const mayHaveExecuted = (
  { covers }: VmsRefusal,
  { sendings }: Pick<SignedRequest, 'sendings'>,
): boolean => sendings > 1 && !covers
