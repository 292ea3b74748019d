/** Verifies receipts, offline. */
import { sameBytes } from '../codec/bytes.ts'
import { ProofError } from '../codec/errors.ts'
import type { Checker } from '../crypto/crypto.ts'
import { type CallsEntry, decodeEntry } from '../entries/entry.ts'
import { decodeRequest, type Request, verifyRequest } from '../entries/request.ts'
import { ledgerKey, verifyHead } from '../merkle/head.ts'
import { climb, leafNode, TreeRoots } from '../merkle/tree.ts'
import type { Receipt } from './receipt.ts'

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
export function verifyReceipt(
  crypto: Checker<boolean>,
  receipt: Receipt,
  ledger?: Uint8Array,
): ReceiptClaim {
  const { claim, signatures } = withoutSignatures(crypto, receipt, ledger)
  for (const { holds, message } of signatures) assertHolds(holds(), message)
  return claim
}

/** {@link verifyReceipt} for platforms that check signatures asynchronously, as browsers do. */
export async function verifyReceiptLater(
  crypto: Checker,
  receipt: Receipt,
  ledger?: Uint8Array,
): Promise<ReceiptClaim> {
  const { claim, signatures } = withoutSignatures(crypto, receipt, ledger)
  for (const { holds, message } of signatures) assertHolds(await holds(), message)
  return claim
}

function assertHolds(holds: boolean, message: string): void {
  if (!holds) throw new ProofError(message)
}

/** A signature that is not checked yet, and the error's message if it is invalid. */
interface OpenSignature<Answer extends boolean | Promise<boolean>> {
  readonly holds: () => Answer
  readonly message: string
}

/** The receipt's claim, provided that the returned signatures are valid. */
function withoutSignatures<Answer extends boolean | Promise<boolean>>(
  crypto: Checker<Answer>,
  receipt: Receipt,
  ledger: Uint8Array | undefined,
): { readonly claim: ReceiptClaim; readonly signatures: readonly OpenSignature<Answer>[] } {
  const key = ledgerKey(crypto, receipt.manifest)
  if (ledger && !sameBytes(key, ledger)) throw new ProofError('the receipt is of another ledger')
  const tree = new TreeRoots(crypto, receipt.roots)
  const head = { length: tree.length, treeHash: tree.hash(), signature: receipt.signature }
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
  if (!sameBytes(request.ledger, key)) throw new ProofError('the request is for another ledger')
  const { treeHash, length } = head
  return {
    claim: { ledger: key, index: receipt.index, length, treeHash, entry, request },
    signatures: [
      {
        holds: () => verifyHead(crypto, key, receipt.manifest, head),
        message: "the head's signature does not hold",
      },
      ...callerSignature(crypto, entry, request),
    ],
  }
}

/** The caller's signature; none for a debug caller. */
function callerSignature<Answer extends boolean | Promise<boolean>>(
  crypto: Checker<Answer>,
  { request: bytes, signature }: CallsEntry,
  { caller }: Request,
): OpenSignature<Answer>[] {
  if (typeof caller === 'string') {
    if (signature) throw new ProofError('a debug caller does not sign')
    return []
  }
  const message = "the caller's signature does not hold"
  if (!signature) throw new ProofError(message)
  return [{ holds: () => verifyRequest(crypto, bytes, signature, caller), message }]
}
