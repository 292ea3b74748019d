/**
 * Receipts that the auditor was given. What one proves must be in the ledger, as far as the ledger goes: a shorter ledger is an
 * earlier state and contradicts nothing.
 */
import {
  type Crypto,
  encodeKey,
  type Receipt,
  type ReceiptClaim,
  sameBytes,
  toHex,
  verifyReceipt,
} from '@vms/format'
import { type Finding, type FindingDetail, finding } from './finding.ts'
import { needsOf, type ProofNeeds } from './proof-needs.ts'

/** A receipt and the ledger, which cannot both be of one history. */
export interface Contradiction {
  readonly receipt: Receipt
  readonly detail: FindingDetail
  readonly needs: ProofNeeds
}

interface Held {
  readonly receipt: Receipt
  readonly claim: ReceiptClaim
}

export class ReceiptCheck {
  #held: Held[] = []
  /** Of receipts that do not hold: they say nothing of any ledger. */
  readonly invalid: Finding[] = []
  /** Of receipts that are of another history. Proof only if the ledger is what its head signs. */
  readonly contradictions: Contradiction[] = []
  /** Of receipts that are of a longer ledger than this. */
  readonly behind: Finding[] = []

  constructor(crypto: Crypto, ledgerKey: Uint8Array, receipts: readonly Receipt[]) {
    for (const receipt of receipts) {
      try {
        const claim = verifyReceipt(crypto, receipt, ledgerKey)
        this.#held.push({ receipt, claim })
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

  /** Compares with the entry at `index`. */
  entry(index: number, block: Uint8Array): void {
    for (const held of this.#held) {
      if (held.claim.index === index && !sameBytes(held.receipt.entry, block))
        this.#contradicted(held, `another entry stands at ${index}`, needsOf([[index, index + 1]]))
    }
  }

  /** Compares with the tree of the first `length` entries. */
  tree(length: number, treeHash: () => Uint8Array): void {
    for (const held of this.#held) {
      if (held.claim.length !== length || sameBytes(held.claim.treeHash, treeHash())) continue
      this.#contradicted(
        held,
        `the ledger has tree hash ${toHex(treeHash())} at ${length} entries, the receipt has ${toHex(held.claim.treeHash)}`,
        needsOf([], { trees: [length] }),
      )
    }
  }

  /** The ledger ends here. A receipt that is of a longer one has nothing more to be compared with. */
  end(length: number): void {
    for (const { claim } of this.#held) {
      if (claim.length <= length) continue
      this.behind.push(
        finding('LEDGER_BEHIND', {
          ...placeOf(claim),
          expected: `a ledger of at least ${claim.length} entries, which the head of the receipt covers`,
          got: `${length} entries`,
        }),
      )
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
