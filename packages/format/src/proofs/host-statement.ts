/**
 * Host statements: statements that a host of many signs outside its ledgers. A list has the services at one head of its provisioning
 * log. An answer has the log's head at the time of a question that did not exist before.
 */
import { sameBytes } from '../codec/bytes.ts'
import { ProofError } from '../codec/errors.ts'
import { decodeRecord, encodeRecord } from '../codec/record.ts'
import {
  blob,
  bytes,
  type Infer,
  integer,
  list,
  nullable,
  record,
  text,
  version,
} from '../codec/schema.ts'
import { type Checker, type Crypto, domainTag, tagged } from '../crypto/crypto.ts'
import { decodeEntry } from '../entries/entry.ts'
import { ENTRY_BYTES } from '../entries/limits.ts'
import { ledgerKey } from '../merkle/head.ts'
import { manifestShape } from '../merkle/manifest.ts'

/** Services that one statement lists. */
const SERVICES_MAX = 1_000_000

const listedShape = record({ id: bytes(32), state: text(20) })

const claimShape = record({
  /** Length of the provisioning log up to which the host had followed it. */
  length: integer(),
  treeHash: bytes(32),
  /** The question; null for a list. */
  nonce: nullable(bytes(32)),
  /** The services; null for an answer. */
  services: nullable(list(listedShape, SERVICES_MAX)),
})

const statementShape = record({
  version: version(1),
  manifest: manifestShape,
  /** Block 0 of the provisioning log, which names the key that signs. */
  genesis: blob(ENTRY_BYTES),
  claim: claimShape,
  signature: bytes(64),
})

/** A service in a list, with its state in the provisioning log. */
export type ListedService = Infer<typeof listedShape>

export type HostClaim = Infer<typeof claimShape>

export type HostStatement = Infer<typeof statementShape>

const STATEMENT_BYTES = 128 * 1024 * 1024

export const encodeHostStatement = (statement: HostStatement): Uint8Array =>
  encodeRecord(statementShape, statement, STATEMENT_BYTES)

/** Decodes a statement without checking it: see {@link provenStatement}. */
export const decodeHostStatement = (data: Uint8Array): HostStatement =>
  decodeRecord(statementShape, data, { maxBytes: STATEMENT_BYTES })

const tag = domainTag('vms/host-statement/1')

const signedShape = record({ ledger: bytes(32), claim: claimShape })

/** The bytes that the signature covers: the domain tag, and the record of the log's key and the claim. */
const signable = (ledger: Uint8Array, claim: HostClaim): Uint8Array =>
  tagged(tag, encodeRecord(signedShape, { ledger, claim }, STATEMENT_BYTES))

/** The host's signature by the secret half of `keys.refusal` in the genesis of its provisioning log. */
export const signHostClaim = (
  crypto: Crypto,
  ledger: Uint8Array,
  claim: HostClaim,
  secretKey: Uint8Array,
): Uint8Array => crypto.sign(signable(ledger, claim), secretKey)

/**
 * Checks a statement: the manifest commits to block 0, and the key in block 0 signed the claim. Throws
 * {@link ProofError}.
 */
export function provenStatement(
  crypto: Checker<boolean>,
  { manifest, genesis: block, claim, signature }: HostStatement,
  ledger: Uint8Array,
): HostClaim {
  if (!sameBytes(ledgerKey(crypto, manifest), ledger))
    throw new ProofError('the statement is of another host')
  if (!sameBytes(crypto.hash(block), manifest.genesisHash))
    throw new ProofError("block 0 is not the one that the ledger's key commits to")
  const genesis = decodeEntry(block)
  if (genesis.type !== 'genesis') throw new ProofError(`block 0 is a ${genesis.type} entry`)
  if (!crypto.verify(signable(ledger, claim), signature, genesis.keys.refusal))
    throw new ProofError("the signature is not by the host's refusal key")
  return claim
}
