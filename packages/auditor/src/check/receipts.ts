/**
 * Compares receipts of callers with the ledger. The ledger must have the entry of each receipt, as far as the ledger goes. A shorter
 * ledger is an earlier state and contradicts nothing.
 */
import {
  type Crypto,
  encodeKey,
  firstLeaf,
  leafCount,
  type Receipt,
  type ReceiptClaim,
  sameBytes,
  type TreeNode,
  verifyReceipt,
} from '@vms/format'
import { type Finding, type FindingDetail, finding } from '../findings/finding.ts'
import { needsOf, type ProofNeeds } from '../prove/proof-needs.ts'

/** A receipt and the ledger's bytes that contradict it: both cannot belong to one history. */
export interface Contradiction {
  readonly receipt: Receipt
  readonly detail: FindingDetail
  readonly needs: ProofNeeds
}

interface Held {
  readonly receipt: Receipt
  readonly claim: ReceiptClaim
  /** Hashes of the tree's nodes that the receipt contains, by index. */
  readonly nodes: ReadonlyMap<number, Uint8Array>
  /** A node of the ledger whose hash differs from the receipt's. */
  other?: TreeNode | undefined
}

export class ReceiptCheck {
  #held: Held[] = []
  /** Findings about invalid receipts, which say nothing about any ledger. */
  readonly invalid: Finding[] = []
  /** Findings about receipts of another history. They are proof only if the ledger matches its signed head. */
  readonly contradictions: Contradiction[] = []
  /** Findings about receipts from a longer ledger than this one. */
  readonly behind: Finding[] = []

  constructor(crypto: Crypto, ledgerKey: Uint8Array, receipts: readonly Receipt[]) {
    for (const receipt of receipts) {
      try {
        const claim = verifyReceipt(crypto, receipt, ledgerKey)
        const known = [...receipt.roots, ...receipt.path]
        const nodes = new Map(known.map(({ index, hash }) => [index, hash]))
        this.#held.push({ receipt, claim, nodes })
      } catch (error) {
        this.invalid.push(
          finding('RECEIPT_INVALID', {
            entry: receipt.index,
            part: 'receipt',
            expected: `a receipt of ${encodeKey(ledgerKey)}`,
            got: (error as Error).message,
          }),
        )
      }
    }
  }

  /** Whether some valid receipts are not contradicted so far. */
  get waiting(): boolean {
    return this.#held.length > 0
  }

  /** Compares the receipts with the entry at `index`. */
  entry(index: number, block: Uint8Array): void {
    for (const held of this.#held) {
      if (held.claim.index === index && !sameBytes(held.receipt.entry, block))
        this.#contradicted(held, `another entry stands at ${index}`, needsOf([[index, index + 1]]))
    }
  }

  /**
   * Compares the receipts with complete subtrees of the ledger. A receipt contains some subtrees, both before its entry and between it and
   * its head.
   */
  nodes(complete: readonly TreeNode[]): void {
    for (const held of this.#held) {
      held.other ??= complete.find(({ index, hash }) => {
        const claimed = held.nodes.get(index)
        return claimed !== undefined && !sameBytes(claimed, hash)
      })
    }
  }

  /** Call at the end of the ledger. A receipt from a longer ledger cannot be compared further. */
  end(length: number): void {
    for (const held of [...this.#held]) {
      const { claim, other } = held
      if (other) {
        const first = firstLeaf(other.index)
        const last = first + leafCount(other.index) - 1
        const got =
          first === last
            ? `entry ${first} is not the one under the head of the receipt`
            : `entries ${first} to ${last} are not those under the head of the receipt`
        this.#contradicted(held, got, needsOf([], { nodes: [other.index] }))
      } else if (claim.length > length) {
        this.behind.push(
          finding('LEDGER_BEHIND', {
            ...placeOf(claim),
            expected: `a ledger of at least ${claim.length} entries, the length of the receipt's head`,
            got: `${length} entries`,
          }),
        )
      }
    }
  }

  #contradicted(held: Held, got: string, needs: ProofNeeds): void {
    this.#held = this.#held.filter((other) => other !== held)
    const expected = 'the entry that the receipt proves'
    const detail = { ...placeOf(held.claim), expected, got }
    this.contradictions.push({ receipt: held.receipt, detail, needs })
  }
}

const placeOf = ({ index, request }: ReceiptClaim): FindingDetail => ({
  entry: index,
  method: request.calls[0]?.[0] ?? null,
  part: 'receipt',
})
