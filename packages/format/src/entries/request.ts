/** Requests: the signed bytes that carry one or more calls, and their id. */

import { misfit } from '../codec/misfit.ts'
import { decodeRecord, encodeRecord } from '../codec/record.ts'
import {
  blob,
  bytes,
  type Infer,
  integer,
  list,
  pair,
  record,
  refine,
  text,
  textOrBytes,
  version,
} from '../codec/schema.ts'
import { type Checker, type Crypto, domainTag, type Hasher, tagged } from '../crypto/crypto.ts'
import { encodeZ32 } from '../urls/z32.ts'
import { DEBUG_NAME, ENTRY_BYTES, METHOD_NAME, TIME_MS } from './limits.ts'

/** Whether `name` may be the name of a debug caller. */
export const isDebugName = (name: string): boolean =>
  new RegExp(`^[A-Za-z0-9._-]{1,${DEBUG_NAME}}$`).test(name)

const debugName = refine(text(DEBUG_NAME), (name) =>
  isDebugName(name)
    ? null
    : misfit(`a debug name is 1 to ${DEBUG_NAME} letters, digits, dots, dashes or underscores`),
)

const requestShape = record({
  version: version(1),
  ledger: bytes(32),
  caller: textOrBytes(debugName, bytes(32)),
  head: record({ length: integer(), treeHash: bytes(32) }),
  expires: integer(TIME_MS),
  nonce: bytes(16),
  calls: list(pair(text(METHOD_NAME), blob(ENTRY_BYTES)), Number.MAX_SAFE_INTEGER, 1),
})

/**
 * - `caller`: Ed25519 public key, or the plain name of a debug caller.
 * - `head`: the end of a group that the caller has seen; so a request is also a statement about history.
 * - `expires`: milliseconds since the epoch; the entry's time must not be later.
 * - `calls`: method and encoded array of arguments. They are byte strings so that each has a size and depth limit of its own.
 */
export type Request = Infer<typeof requestShape>

/** Bytes of a request. The caller signs them, the id is their hash, and the ledger stores them. */
export function encodeRequest(request: Request): Uint8Array {
  return encodeRecord(requestShape, request, ENTRY_BYTES)
}

/** The request that `bytes` are; refuses everything that would not encode to the same bytes. */
export function decodeRequest(bytes: Uint8Array): Request {
  return decodeRecord(requestShape, bytes, { maxBytes: ENTRY_BYTES })
}

const requestTag = domainTag('vms/request/1')
const idTag = domainTag('vms/request-id/1')
const seedTag = domainTag('vms/seed/1')

/** The id of a request: a hash of its bytes, without the signature. */
export const requestId = (crypto: Hasher, request: Uint8Array): Uint8Array =>
  crypto.hash(idTag, request)

/** The bytes that the caller's signature of a request covers. */
export const requestSignable = (request: Uint8Array): Uint8Array => tagged(requestTag, request)

/** The caller's signature over a request's bytes. */
export const signRequest = (
  crypto: Crypto,
  request: Uint8Array,
  secretKey: Uint8Array,
): Uint8Array => crypto.sign(requestSignable(request), secretKey)

/** Whether `signature` is the caller's over the request's bytes. */
export const verifyRequest = <Answer extends boolean | Promise<boolean>>(
  crypto: Checker<Answer>,
  request: Uint8Array,
  signature: Uint8Array,
  caller: Uint8Array,
): Answer => crypto.verify(requestSignable(request), signature, caller)

const u64 = (value: number): Uint8Array => {
  const out = new Uint8Array(8)
  for (let at = 0, rest = value; rest > 0; at++, rest = Math.floor(rest / 256)) out[at] = rest % 256
  return out
}

/** Seed of the randomness of one call. The caller chooses it through the request id; the host cannot. It is public. */
export const callSeed = (
  crypto: Hasher,
  ledgerKey: Uint8Array,
  id: Uint8Array,
  call: number,
): Uint8Array => crypto.hash(seedTag, ledgerKey, id, u64(call))

/** Seed of the randomness of a boot or an init, which no caller requests. */
export const entrySeed = (
  crypto: Hasher,
  ledgerKey: Uint8Array,
  kind: 'boot' | 'init' | 'alarm',
  index: number,
): Uint8Array => crypto.hash(seedTag, ledgerKey, domainTag(kind), u64(index))

/** The value of `System.caller.id`: z-base-32 of the public key, or `debug:` and the name. */
export const callerId = (caller: Uint8Array | string): string =>
  typeof caller === 'string' ? `debug:${caller}` : encodeZ32(caller)
