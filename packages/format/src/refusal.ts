/**
 * Refusals: a host's signed word that it did not execute a request. The signature makes it evidence: whoever holds a
 * refusal and the receipt of the same request can tell whether the host contradicted itself.
 */
import { sameBytes } from './bytes.ts'
import { type Checker, type Crypto, domainTag, type Hasher } from './crypto.ts'
import { decodeEntry } from './entry.ts'
import { ProofError } from './errors.ts'
import { ledgerKey } from './head.ts'
import { ENTRY_BYTES, REFUSAL_CODE, TIME_MS } from './limits.ts'
import { manifestShape } from './manifest.ts'
import type { ReceiptClaim } from './receipt-proof.ts'
import { requestId } from './request.ts'
import { blob, bool, bytes, type Infer, integer, oneOf, record, text } from './schema.ts'
import { decodeValue, encodeValue } from './value.ts'

const fields = {
  requestId: bytes(32),
  code: text(REFUSAL_CODE),
  covers: bool,
  length: integer(),
  treeHash: bytes(32),
  time: integer(TIME_MS),
}

const claimShape = record({ ledger: bytes(32), ...fields })

/**
 * What a host signs when it refuses a request.
 * - `covers`: the host remembers every entry that could hold this request, so it stands at no index below `length`.
 * - `length`, `treeHash`: the host's durable head at the instant at which it looked the request up.
 * - `time`: the host's clock then, in milliseconds since the epoch.
 */
export type RefusalClaim = Infer<typeof claimShape>

const signedShape = record({
  version: oneOf(1),
  manifest: manifestShape,
  /** Block 0, which names the refusal key. */
  genesis: blob(ENTRY_BYTES),
  ...fields,
  signature: bytes(64),
})

/** A refusal with everything that checking it needs: the manifest gives the ledger's key, block 0 the refusal key. */
export type SignedRefusal = Infer<typeof signedShape>

const limits = { maxBytes: ENTRY_BYTES + 1024, maxDepth: 4 }

/** Bytes of a refusal, as it is kept. */
export const encodeRefusal = (refusal: SignedRefusal): Uint8Array =>
  encodeValue(signedShape(refusal, '$'), limits)

/** The refusal that `bytes` are. Says nothing about whether it holds: see {@link provenRefusal}. */
export const decodeRefusal = (bytes: Uint8Array): SignedRefusal =>
  signedShape(decodeValue(bytes, limits), '$')

const tag = domainTag('vms/refusal/2')

/** What the signature of a refusal is over: the domain tag and the claim as an array. */
export function refusalSignable(claim: RefusalClaim): Uint8Array {
  const { ledger, requestId: id, code, covers, length, treeHash, time } = claim
  const encoded = encodeValue([ledger, id, code, covers, length, treeHash, time])
  const out = new Uint8Array(tag.length + encoded.length)
  out.set(tag)
  out.set(encoded, tag.length)
  return out
}

/** The host's signature (64 bytes) over a refusal, by the secret half of the genesis' `keys.refusal`. */
export const signRefusal = (
  crypto: Crypto,
  claim: RefusalClaim,
  secretKey: Uint8Array,
): Uint8Array => crypto.sign(refusalSignable(claim), secretKey)

/** Whether `signature` is the one of `publicKey`, the genesis' `keys.refusal`, over the refusal. */
export const verifyRefusal = <Answer extends boolean | Promise<boolean>>(
  crypto: Checker<Answer>,
  claim: RefusalClaim,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Answer => crypto.verify(refusalSignable(claim), signature, publicKey)

/**
 * Checks a refusal: block 0 is the one that the manifest commits to, and the refusal key in it signed the claim. Throws
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
    throw new ProofError("the signature is not the one of the ledger's refusal key")
  return claim
}

/** What a receipt says of where a request stands. */
export type RequestPlace = Pick<RefusalClaim, 'ledger' | 'requestId'> & { readonly index: number }

/** Where a receipt that holds says that its request stands. */
export const placeOf = (
  crypto: Hasher,
  { ledger, index, entry }: Pick<ReceiptClaim, 'ledger' | 'index' | 'entry'>,
): RequestPlace => ({ ledger, index, requestId: requestId(crypto, entry.request) })

/**
 * Whether a refusal and the place of the same request contradict each other, both signed by the same host. They do exactly
 * if the refusal covers every entry that could hold the request and the request stands below the length that it names. A
 * request that was refused at one head may run at a later one, so nothing else is a contradiction.
 */
export const contradicts = (refusal: RefusalClaim, place: RequestPlace): boolean =>
  refusal.covers &&
  place.index < refusal.length &&
  sameBytes(refusal.requestId, place.requestId) &&
  sameBytes(refusal.ledger, place.ledger)
