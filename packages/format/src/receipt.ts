/** Receipts: proof that a request and its outcomes are in a ledger, checkable offline by anyone. */
import { sameBytes } from './bytes.ts'
import type { Crypto } from './crypto.ts'
import { type CallsEntry, decodeEntry } from './entry.ts'
import { ProofError } from './errors.ts'
import { ledgerKey, manifestShape, verifyHead } from './head.ts'
import { ENTRY_BYTES } from './limits.ts'
import { decodeRequest, type Request, verifyRequest } from './request.ts'
import { blob, bytes, type Infer, integer, list, oneOf, record } from './schema.ts'
import { climb, leafNode, TreeRoots, treeNodeShape } from './tree.ts'
import { decodeValue, encodeValue } from './value.ts'

// A tree of 2^53 entries has at most 53 levels and as many roots.
const LEVELS_MAX = 53

const receiptShape = record({
  version: oneOf(1),
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

const limits = { maxBytes: ENTRY_BYTES + 32 * 1024, maxDepth: 5 }

/** Bytes of a receipt, as `vms call --receipt` stores them. */
export const encodeReceipt = (receipt: Receipt): Uint8Array =>
  encodeValue(receiptShape(receipt, '$'), limits)

/** The receipt that `bytes` are. Says nothing about whether it holds: see {@link verifyReceipt}. */
export const decodeReceipt = (bytes: Uint8Array): Receipt =>
  receiptShape(decodeValue(bytes, limits), '$')

/** What a receipt proves. */
export interface ReceiptClaim {
  readonly ledger: Uint8Array
  readonly index: number
  /** Entries of the ledger that the signed head covers. */
  readonly length: number
  readonly treeHash: Uint8Array
  readonly entry: CallsEntry
  readonly request: Request
}

/**
 * Checks a receipt: the manifest gives the ledger's key, the head is signed by the manifest's signer, the path leads from
 * the entry to one of the head's roots, and the request in it is its caller's. Throws {@link ProofError}.
 */
export function verifyReceipt(crypto: Crypto, receipt: Receipt, ledger?: Uint8Array): ReceiptClaim {
  const key = ledgerKey(crypto, receipt.manifest)
  if (ledger && !sameBytes(key, ledger)) throw new ProofError('the receipt is of another ledger')
  const tree = new TreeRoots(crypto, receipt.roots)
  const head = { length: tree.length, treeHash: tree.hash(), signature: receipt.signature }
  if (!verifyHead(crypto, key, receipt.manifest, head))
    throw new ProofError("the head's signature does not hold")
  const top = climb(crypto, leafNode(crypto, receipt.index, receipt.entry), receipt.path)
  const root = receipt.roots.find((node) => node.index === top.index)
  if (!root || root.size !== top.size || !sameBytes(root.hash, top.hash))
    throw new ProofError('the entry is not under the head')
  const entry = decodeEntry(receipt.entry)
  if (entry.type !== 'calls') throw new ProofError(`the entry is a ${entry.type}, no request`)
  const request = decodeRequest(entry.request)
  if (entry.outcomes.length !== request.calls.length) {
    throw new ProofError('the entry does not have one outcome for each call')
  }
  checkCaller(crypto, entry, request, key)
  return {
    ledger: key,
    index: receipt.index,
    length: head.length,
    treeHash: head.treeHash,
    entry,
    request,
  }
}

function checkCaller(crypto: Crypto, entry: CallsEntry, request: Request, key: Uint8Array): void {
  if (!sameBytes(request.ledger, key)) throw new ProofError('the request is for another ledger')
  if (typeof request.caller === 'string') {
    if (entry.signature) throw new ProofError('a debug caller does not sign')
  } else if (
    !entry.signature ||
    !verifyRequest(crypto, entry.request, entry.signature, request.caller)
  ) {
    throw new ProofError("the caller's signature does not hold")
  }
}
