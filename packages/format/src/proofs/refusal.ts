/**
 * Refusals: a host's signed statement that it did not execute a request. The signature makes it evidence: a refusal and the
 * receipt of the same request show whether the host contradicted itself.
 */
import { sameBytes } from '../codec/bytes.ts'
import { encodeRecord } from '../codec/record.ts'
import { bool, bytes, integer, record, text } from '../codec/schema.ts'
import { type Checker, type Crypto, domainTag, type Hasher, tagged } from '../crypto/crypto.ts'
import { REFUSAL_CODE, TIME_MS } from '../entries/limits.ts'
import { requestId } from '../entries/request.ts'
import type { ReceiptClaim } from './receipt-proof.ts'

/**
 * What a host signs when it refuses a request.
 * - `covers`: the host remembers every entry that could hold this request, so it stands at no index below `length`.
 * - `length`, `treeHash`: the host's durable head at the instant at which it looked the request up.
 * - `time`: the host's clock then, in milliseconds since the epoch.
 */
export interface RefusalClaim {
  readonly ledger: Uint8Array
  readonly requestId: Uint8Array
  readonly code: string
  readonly covers: boolean
  readonly length: number
  readonly treeHash: Uint8Array
  readonly time: number
}

const tag = domainTag('vms/refusal/2')

const claimShape = record({
  ledger: bytes(32),
  requestId: bytes(32),
  code: text(REFUSAL_CODE),
  covers: bool,
  length: integer(),
  treeHash: bytes(32),
  time: integer(TIME_MS),
})

/** Bytes of the largest claim. Its code may take three bytes per unit. */
const CLAIM_BYTES = 1024

/** The bytes that the signature of a refusal covers: the domain tag and the record of the claim. */
export const refusalSignable = (claim: RefusalClaim): Uint8Array =>
  tagged(tag, encodeRecord(claimShape, claim, CLAIM_BYTES))

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

/** The place of a request in the ledger, as a receipt proves it. */
export type RequestPlace = Pick<RefusalClaim, 'ledger' | 'requestId'> & { readonly index: number }

/** The place that a verified receipt proves for its request. */
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
