/**
 * Custody: whether the bytes are the host's ledger at all. Until the entries hash to the signed head, they accuse nobody: a bad disk or a
 * relaying peer may have changed them.
 */
import {
  appendSubtrees,
  type Crypto,
  leafNode,
  ledgerKey,
  ProofError,
  sameBytes,
  TreeRoots,
  toHex,
  verifyHead,
} from '@vms/format'
import { type BudgetMeter, budgetFinding } from '../findings/budgets.ts'
import { type Finding, finding } from '../findings/finding.ts'
import { forkFinding } from '../findings/fork.ts'
import type { LedgerSource } from '../read/source.ts'
import type { ReceiptCheck } from './receipts.ts'

/** The finding if the ledger's key does not name the signer of the head, or if the signature is wrong; null if the head is signed. */
export function checkKeys(crypto: Crypto, { key, manifest, head }: LedgerSource): Finding | null {
  const bound = ledgerKey(crypto, manifest)
  if (!sameBytes(bound, key))
    return finding('KEY_MISMATCH', { part: 'manifest', expected: toHex(key), got: toHex(bound) })
  if (verifyHead(crypto, key, manifest, head)) return null
  return finding('HEAD_UNSIGNED', { part: 'signature', got: toHex(head.signature) })
}

/** Checks that entries, which the auditor reads once as they arrive, hash to the signed head. */
export class Custody {
  readonly #crypto: Crypto
  readonly #source: LedgerSource
  readonly #receipts: ReceiptCheck
  readonly #tree: TreeRoots

  constructor(crypto: Crypto, source: LedgerSource, receipts: ReceiptCheck) {
    this.#crypto = crypto
    this.#source = source
    this.#receipts = receipts
    this.#tree = new TreeRoots(crypto)
  }

  /** The entries [0, end), for one reader. Also compares the receipts with each entry that passes. */
  async *entries(end: number): AsyncGenerator<Uint8Array> {
    for await (const block of this.#source.entries(0, end)) {
      this.#take(block)
      yield block
    }
  }

  /**
   * Call this when the reader stops. If the source has the subtrees after the last entry that was read, they connect it to the head. If
   * it has none, if they do not match, or if a receipt names a later entry, the auditor reads the remaining entries. Resolves with null
   * if the entries hash to the head.
   */
  async check(meter: BudgetMeter, signal?: AbortSignal): Promise<Finding | null> {
    const { head } = this.#source
    try {
      if (await this.#climbs()) return null
      const rest = this.#source.entries(this.#tree.length, head.length)
      for await (const block of meter.eachInTime(rest)) {
        signal?.throwIfAborted()
        this.#take(block)
      }
    } catch (error) {
      const found = (await forkFinding(error)) ?? budgetFinding(error, this.#tree.length)
      if (found) return found
      throw error
    }
    if (this.#tree.length < head.length) {
      return finding('WITHHELD', {
        entry: this.#tree.length,
        part: 'entries',
        expected: `${head.length} entries`,
        got: String(this.#tree.length),
      })
    }
    const hash = this.#tree.hash()
    if (!sameBytes(hash, head.treeHash)) {
      return finding('TREE_MISMATCH', {
        part: 'treeHash',
        expected: toHex(head.treeHash),
        got: toHex(hash),
      })
    }
    this.#receipts.end(head.length)
    return null
  }

  #take(block: Uint8Array): void {
    this.#receipts.entry(this.#tree.length, block)
    this.#receipts.nodes(this.#tree.append(leafNode(this.#crypto, this.#tree.length, block)))
  }

  async #climbs(): Promise<boolean> {
    const { head, subtrees } = this.#source
    const { length } = this.#tree
    if (length === 0 || length === head.length || this.#receipts.waiting || !subtrees) return false
    const after = await subtrees(length, head.length)
    if (!after) return false
    const climbed = this.#tree.clone()
    try {
      appendSubtrees(climbed, length, head.length, after)
    } catch (error) {
      if (error instanceof ProofError) return false
      throw error
    }
    return sameBytes(climbed.hash(), head.treeHash)
  }
}
