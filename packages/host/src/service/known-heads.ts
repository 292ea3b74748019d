/** The heads that a request may name. Recent heads are in memory; the ledger has the older ones. */
import type { SignedHead } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'

/** Heads in memory, about 100 bytes each. Clients name the newest head that they saw, so most look-ups hit. */
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
