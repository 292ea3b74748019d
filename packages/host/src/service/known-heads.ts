/** Ends of groups that a request may name: the recent ones at hand, older ones looked up in the ledger. */
import type { SignedHead } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'

/** Heads kept at hand, about 100 bytes each: clients name the newest head they saw, so few look-ups miss. */
const RECENT_HEADS = 4_096

export class KnownHeads {
  #ledger: LedgerPort
  #recent = new Map<number, Uint8Array>()

  constructor(ledger: LedgerPort) {
    this.#ledger = ledger
    if (ledger.length > 0) this.remember(ledger.head)
  }

  remember(head: SignedHead): void {
    this.#recent.set(head.length, head.treeHash)
    if (this.#recent.size > RECENT_HEADS)
      this.#recent.delete(this.#recent.keys().next().value as number)
  }

  /** Tree hash at `length` if a group ended there, else null. */
  treeHash(length: number): Uint8Array | null | Promise<Uint8Array | null> {
    return this.#recent.get(length) ?? this.#lookUp(length)
  }

  async #lookUp(length: number): Promise<Uint8Array | null> {
    if (length < 1 || length > this.#ledger.length) return null
    return (await this.#ledger.groupEnd(length))?.treeHash ?? null
  }
}
