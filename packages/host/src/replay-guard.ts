/**
 * Remembers the ids of requests, pending and committed, so that a request runs at most once however often it is sent.
 *
 * A request can stand in the ledger only up to its expiry, and the host accepts none that expires later than its lifetime
 * limit: so an id may be forgotten once it has expired, and memory is bounded by that time. It is kept for as long again,
 * so that a caller who asks late for the fate of a request still gets its recorded outcome.
 */

import type { Refusal } from './refusal.ts'

/** Where a request stands. `T` is what a pending one is waited for by. */
export type Known<T> =
  | { readonly state: 'pending'; readonly pending: T }
  | { readonly state: 'committed'; readonly index: number }
  | { readonly state: 'refused'; readonly refusal: Refusal }

interface Row<T> {
  known: Known<T>
  forgetAt: number
}

export class ReplayGuard<T> {
  #rows = new Map<string, Row<T>>()
  #graceMs: number
  #prunedAt = -1

  /** `graceMs`: how long after its expiry an id is kept. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs
  }

  get size(): number {
    return this.#rows.size
  }

  get(id: string): Known<T> | undefined {
    return this.#rows.get(id)?.known
  }

  pending(id: string, pending: T, expires: number): void {
    this.#rows.set(id, { known: { state: 'pending', pending }, forgetAt: expires + this.#graceMs })
  }

  committed(id: string, index: number, expires: number): void {
    // Set anew, so that rows stand in the order in which they were committed and pruning can stop early.
    this.#rows.delete(id)
    this.#rows.set(id, { known: { state: 'committed', index }, forgetAt: expires + this.#graceMs })
  }

  /**
   * A request that cost the machine is refused for good: its caller signs the calls that were not at fault anew, so the
   * old bytes must not run as well.
   */
  refused(id: string, refusal: Refusal, expires: number): void {
    this.#rows.delete(id)
    this.#rows.set(id, { known: { state: 'refused', refusal }, forgetAt: expires })
  }

  /** A request that was refused before it ran has left nothing: the same bytes may be sent again. */
  forget(id: string): void {
    this.#rows.delete(id)
  }

  /** Forgets up to `limit` of the oldest rows that are past their time, once a millisecond; call it often, it is cheap. */
  prune(now: number, limit = 64): void {
    const ms = Math.floor(now)
    if (ms === this.#prunedAt) return
    this.#prunedAt = ms
    let looked = 0
    for (const [id, row] of this.#rows) {
      if (looked++ >= limit) return
      if (row.known.state !== 'pending' && row.forgetAt < now) this.#rows.delete(id)
    }
  }
}
