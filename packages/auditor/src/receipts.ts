/** Receipts that the auditor was given: what they prove must be in the ledger. */
import {
  type Crypto,
  encodeKey,
  type Receipt,
  type ReceiptClaim,
  sameBytes,
  toHex,
  verifyReceipt,
} from '@vms/format'
import { type Finding, finding } from './finding.ts'

interface Held {
  readonly receipt: Receipt
  readonly claim: ReceiptClaim
}

export class ReceiptCheck {
  #held: Held[] = []
  /** Of receipts that do not hold: they say nothing of any ledger. */
  readonly invalid: Finding[] = []
  /** Of receipts whose entry the ledger lacks. Proof only if the ledger is what its head signs. */
  readonly missing: Finding[] = []

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
        this.#miss(held, `another entry stands at ${index}`)
    }
  }

  /** Compares with the tree of the first `length` entries. */
  tree(length: number, treeHash: () => Uint8Array): void {
    for (const held of this.#held) {
      if (held.claim.length === length && !sameBytes(held.claim.treeHash, treeHash())) {
        this.#miss(
          held,
          `the ledger has tree hash ${toHex(treeHash())} at ${length} entries, the receipt has ${toHex(held.claim.treeHash)}`,
        )
      }
    }
  }

  /** The ledger ends here: a receipt of a longer one shows that the rest was taken away. */
  end(length: number): void {
    for (const held of this.#held) {
      if (held.claim.length > length)
        this.#miss(
          held,
          `the ledger has ${length} entries, the receipt is of one with ${held.claim.length}`,
        )
    }
  }

  #miss(held: Held, got: string): void {
    this.#held = this.#held.filter((other) => other !== held)
    this.missing.push(
      finding('RECEIPT_MISSING', {
        entry: held.claim.index,
        method: held.claim.request.calls[0]?.[0] ?? null,
        part: 'receipt',
        expected: 'the entry that the receipt proves',
        got,
      }),
    )
  }
}
