/**
 * Remembers the ids of requests, pending and committed, so that a request runs at most once however often it is sent.
 *
 * The entry of a request is never before the request's head. So the guard keeps the ids of all entries from one index on, its
 * base, and the host runs no request whose head is older: it could have run before. The base depends on the ledger alone, on
 * its length and the times in its entries. It must not depend on the host's clock: a clock that is ahead would make the host
 * forget an id, and the request could run again once the clock is set right.
 */
import { RECALL_ENTRIES, RECALL_MS } from '../settings/limits.ts'
import { type IdRow, IdTable } from './id-table.ts'

/** A request of an entry from before this process. */
export interface RecalledRequest extends IdRow {
  readonly id: string
}

/** The state of a request. `T`: the type that represents a pending request. */
export type Known<T> =
  | { readonly state: 'pending'; readonly pending: T }
  | { readonly state: 'committed'; readonly index: number }

export class ReplayGuard<T> {
  #pending = new Map<string, T>()
  /** In the order of the ledger. */
  readonly #committed = new IdTable()
  #window: number
  #base: number

  /** `window` is the genesis'. `base`: index from which on the ids are remembered. */
  constructor(window: number, base: number) {
    this.#window = window
    this.#base = base
  }

  /** Index from which on the guard holds all requests of the ledger. */
  get base(): number {
    return this.#base
  }

  get size(): number {
    return this.#pending.size + this.#committed.size
  }

  get(id: string): Known<T> | undefined {
    const pending = this.#pending.get(id)
    if (pending !== undefined) return { state: 'pending', pending }
    const index = this.#committed.get(id)
    return index === null ? undefined : { state: 'committed', index }
  }

  /**
   * Whether an unknown id is certainly in no entry: a request with a head of this length cannot stand before the base. `null`: bytes that
   * no entry can hold.
   */
  covers(head: number | null): boolean {
    return head === null || head >= this.#base
  }

  pending(id: string, pending: T): void {
    this.#pending.set(id, pending)
  }

  /** Records a committed request. `time` is the time of its entry. Call it in the order of the ledger. */
  committed(id: string, index: number, time: number): void {
    this.#pending.delete(id)
    this.#committed.push(id, { index, time })
  }

  /** Forgets a refused request: it has no entry. */
  forget(id: string): void {
    this.#pending.delete(id)
  }

  /** Takes in the requests of the entries from `base` to the present base, in the order of the ledger. */
  recalled(rows: readonly RecalledRequest[], base: number): void {
    this.#committed.prepend(rows)
    this.#base = base
  }

  /** Records a failed commit: the guard no longer knows whether the ledger holds its requests. */
  doubt(): void {
    this.#base = Number.POSITIVE_INFINITY
  }

  /** Call when the ledger has this length, and its last entry this time. Forgets ids that no request may name any more. */
  advance(length: number, time: number): void {
    const end = { length, time, window: this.#window }
    for (let row = this.#committed.first(); row; row = this.#committed.first()) {
      if (!isForgotten(row, end)) return
      this.#committed.shift()
      this.#base = row.index + 1
    }
  }
}

/** Whether the guard of a ledger that ends so has forgotten an entry: the same after a restart as before. */
export const isForgotten = (
  entry: { readonly index: number; readonly time: number },
  ledger: { readonly length: number; readonly time: number; readonly window: number },
): boolean => {
  const back = ledger.length - entry.index
  return back > ledger.window || (back > RECALL_ENTRIES && entry.time < ledger.time - RECALL_MS)
}
