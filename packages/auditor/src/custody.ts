/**
 * Custody: whether what was handed over is the host's ledger at all. Until the entries are those that the head signs,
 * nothing in them is the host's doing: a bad disk or whoever passed them on may have changed them.
 */
import {
  type Crypto,
  leafNode,
  ledgerKey,
  sameBytes,
  TreeRoots,
  toHex,
  verifyHead,
} from '@vms/format'
import { type Finding, finding } from './finding.ts'
import { forkFinding } from './fork.ts'
import type { ReceiptCheck } from './receipts.ts'
import type { LedgerSource } from './source.ts'

/** Whether the head is signed by the signer that the ledger's key names. */
export function checkKeys(crypto: Crypto, { key, manifest, head }: LedgerSource): Finding | null {
  const bound = ledgerKey(crypto, manifest)
  if (!sameBytes(bound, key))
    return finding('KEY_MISMATCH', { part: 'manifest', expected: toHex(key), got: toHex(bound) })
  if (verifyHead(crypto, key, manifest, head)) return null
  return finding('HEAD_UNSIGNED', { part: 'signature', got: toHex(head.signature) })
}

/** Reads all entries, to see whether they are those that the head signs. Shows them to `receipts` on the way. */
export async function checkTree(
  crypto: Crypto,
  source: LedgerSource,
  receipts: ReceiptCheck,
  signal?: AbortSignal,
): Promise<Finding | null> {
  const { head } = source
  const tree = new TreeRoots(crypto)
  try {
    for await (const block of source.entries(0, head.length)) {
      signal?.throwIfAborted()
      receipts.entry(tree.length, block)
      receipts.nodes(tree.append(leafNode(crypto, tree.length, block)))
    }
  } catch (error) {
    const fork = await forkFinding(error)
    if (fork) return fork
    throw error
  }
  if (tree.length < head.length) {
    return finding('WITHHELD', {
      entry: tree.length,
      part: 'entries',
      expected: `${head.length} entries`,
      got: String(tree.length),
    })
  }
  const hash = tree.hash()
  if (!sameBytes(hash, head.treeHash)) {
    return finding('TREE_MISMATCH', {
      part: 'treeHash',
      expected: toHex(head.treeHash),
      got: toHex(hash),
    })
  }
  receipts.end(head.length)
  return null
}
