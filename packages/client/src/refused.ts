/** Checks a refusal: the ledger's refusal key signed it, and the head in it agrees with the one that was verified. */
import { type Crypto, sameBytes, type SignedHead } from '@vms/format'
import { type HostRefusal, verifyRefusal } from '@vms/rpc'
import { type VmsRefusal, VmsVerificationError } from './errors.ts'
import type { SignedRequest } from './request-packer.ts'
import type { ServiceInfo } from './service-info.ts'

/** Checks a refusal of `signed` and returns it as evidence. Throws {@link VmsVerificationError}. */
export function checkRefusal(
  crypto: Crypto,
  { ledger, genesis, manifest }: ServiceInfo,
  held: SignedHead,
  signed: SignedRequest,
  refusal: HostRefusal,
): VmsRefusal {
  const evidence = { manifest, held, request: signed.bytes, frame: refusal }
  const { code, length, treeHash, signature } = refusal
  const head = { length, treeHash }
  if (!verifyRefusal(crypto, { requestId: signed.id, code, head }, signature, genesis.keys.refusal)) {
    throw new VmsVerificationError('refusal', "its signature is not the one of the ledger's refusal key", evidence)
  }
  if (length < held.length) {
    throw new VmsVerificationError('refusal', `it names ${length} entries, the host has shown ${held.length}`, evidence)
  }
  if (length === held.length && !sameBytes(treeHash, held.treeHash)) {
    throw new VmsVerificationError('refusal', `it names another history of ${length} entries`, evidence)
  }
  return { ledger, request: signed.bytes, code, head, signature }
}
