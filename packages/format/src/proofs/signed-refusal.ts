/** Refusals as records that anybody can check offline. */
import { sameBytes } from '../codec/bytes.ts'
import { ProofError } from '../codec/errors.ts'
import { decodeRecord, encodeRecord } from '../codec/record.ts'
import { blob, bool, bytes, type Infer, integer, record, text, version } from '../codec/schema.ts'
import type { Checker } from '../crypto/crypto.ts'
import { decodeEntry } from '../entries/entry.ts'
import { ENTRY_BYTES, REFUSAL_CODE, TIME_MS } from '../entries/limits.ts'
import { ledgerKey } from '../merkle/head.ts'
import { manifestShape } from '../merkle/manifest.ts'
import { type RefusalClaim, verifyRefusal } from './refusal.ts'

const signedShape = record({
  version: version(1),
  manifest: manifestShape,
  /** Block 0, which names the refusal key. */
  genesis: blob(ENTRY_BYTES),
  requestId: bytes(32),
  code: text(REFUSAL_CODE),
  covers: bool,
  length: integer(),
  treeHash: bytes(32),
  time: integer(TIME_MS),
  signature: bytes(64),
})

/** A refusal with the data that checking it needs: the manifest gives the ledger's key, block 0 the refusal key. */
export type SignedRefusal = Infer<typeof signedShape>

const REFUSAL_BYTES = ENTRY_BYTES + 1024

/** The stored bytes of a refusal. */
export const encodeRefusal = (refusal: SignedRefusal): Uint8Array =>
  encodeRecord(signedShape, refusal, REFUSAL_BYTES)

/** Decodes a refusal without checking it: see {@link provenRefusal}. */
export const decodeRefusal = (bytes: Uint8Array): SignedRefusal =>
  decodeRecord(signedShape, bytes, { maxBytes: REFUSAL_BYTES })

/**
 * Checks a refusal: the manifest commits to block 0, and the refusal key in block 0 signed the claim. Throws
 * {@link ProofError}.
 */
export function provenRefusal(
  crypto: Checker<boolean>,
  refusal: SignedRefusal,
  ledger?: Uint8Array,
): RefusalClaim {
  const { version: _, manifest, genesis: block, signature, ...rest } = refusal
  const claim = { ledger: ledgerKey(crypto, manifest), ...rest }
  if (ledger && !sameBytes(claim.ledger, ledger))
    throw new ProofError('the refusal is of another ledger')
  if (!sameBytes(crypto.hash(block), manifest.genesisHash))
    throw new ProofError("block 0 is not the one that the ledger's key commits to")
  const genesis = decodeEntry(block)
  if (genesis.type !== 'genesis') throw new ProofError(`block 0 is a ${genesis.type} entry`)
  if (!verifyRefusal(crypto, claim, signature, genesis.keys.refusal))
    throw new ProofError("the signature is not by the ledger's refusal key")
  return claim
}
