/**
 * Refusals, as a client takes them: whether one holds (the ledger's refusal key signed it, and its head agrees with the one
 * that was verified), and what becomes of the request.
 */
import { type Checker, type SignedHead, sameBytes } from '@vms/format'
import {
  type HostRefusal,
  type RefusalCode,
  refusalMeaning,
  safeToSignAgain,
  verifyRefusal,
} from '@vms/rpc'
import { type VmsRefusal, VmsVerificationError } from './errors.ts'
import { BUSY_ATTEMPTS } from './limits.ts'
import type { SignedRequest } from './request-packer.ts'
import type { ServiceInfo } from './service-info.ts'

/** Checks a refusal of `signed` and resolves with it as evidence. Rejects with {@link VmsVerificationError}. */
export async function checkRefusal(
  crypto: Checker,
  { ledger, genesis, manifest }: ServiceInfo,
  held: SignedHead,
  signed: SignedRequest,
  refusal: HostRefusal,
): Promise<VmsRefusal> {
  const evidence = { manifest, held, request: signed.bytes, frame: refusal }
  const { code, length, treeHash, signature } = refusal
  const head = { length, treeHash }
  const claim = { requestId: signed.id, code, head }
  if (!(await verifyRefusal(crypto, claim, signature, genesis.keys.refusal))) {
    throw new VmsVerificationError(
      'refusal',
      "its signature is not the one of the ledger's refusal key",
      evidence,
    )
  }
  if (length < held.length) {
    throw new VmsVerificationError(
      'refusal',
      `it names ${length} entries, the host has shown ${held.length}`,
      evidence,
    )
  }
  if (length === held.length && !sameBytes(treeHash, held.treeHash)) {
    throw new VmsVerificationError(
      'refusal',
      `it names another history of ${length} entries`,
      evidence,
    )
  }
  return { ledger, request: signed.bytes, code, head, signature }
}

/**
 * What becomes of a refused request: its bytes are sent again after a pause, its calls are signed anew, each alone or
 * together, or they are given up.
 */
export function afterRefusal(
  code: RefusalCode,
  { sendings, pauses, calls }: SignedRequest,
): 'pause' | 'alone' | 'again' | 'give up' {
  const { retry } = refusalMeaning(code)
  if (retry === 'later') return pauses < BUSY_ATTEMPTS ? 'pause' : 'give up'
  if (retry === 'never' || !safeToSignAgain(code, sendings)) return 'give up'
  if (retry === 'now') return 'again'
  return calls.length > 1 ? 'alone' : 'give up'
}

/** Whether a refused request may have been executed at an earlier sending all the same. */
export const mayHaveExecuted = (code: RefusalCode, { sendings }: SignedRequest): boolean =>
  sendings > 1 && !refusalMeaning(code).coversEarlier
