/** Receipts: proof that a request and its outcomes are in a ledger. `receipt-proof.ts` checks them. */

import { decodeRecord, encodeRecord } from '../codec/record.ts'
import { blob, bytes, type Infer, integer, list, record, version } from '../codec/schema.ts'
import { ENTRY_BYTES } from '../entries/limits.ts'
import { manifestShape } from '../merkle/manifest.ts'
import { treeNodeShape } from '../merkle/tree-node.ts'

// A tree of 2^53 entries has at most 53 levels and as many roots.
const LEVELS_MAX = 53

const receiptShape = record({
  version: version(1),
  manifest: manifestShape,
  index: integer(),
  entry: blob(ENTRY_BYTES),
  /** Siblings from the entry's leaf up to one of the roots. */
  path: list(treeNodeShape, LEVELS_MAX),
  /** Roots of the tree at the length of the head. */
  roots: list(treeNodeShape, LEVELS_MAX, 1),
  signature: bytes(64),
})

export type Receipt = Infer<typeof receiptShape>

const RECEIPT_BYTES = ENTRY_BYTES + 32 * 1024

/** Bytes of a receipt, as `vms call --receipt` stores them. */
export const encodeReceipt = (receipt: Receipt): Uint8Array =>
  encodeRecord(receiptShape, receipt, RECEIPT_BYTES)

/** Decodes a receipt without verifying it: see {@link verifyReceipt}. */
export const decodeReceipt = (bytes: Uint8Array): Receipt =>
  decodeRecord(receiptShape, bytes, { maxBytes: RECEIPT_BYTES })
