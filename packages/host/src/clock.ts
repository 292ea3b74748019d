/** Time of entries: the clock's, but never before the entry that came last. Equal is allowed. */

export class EntryClock {
  #now: () => number
  #last: number

  /** `now` gives milliseconds since the epoch; `last` is the time of the ledger's last entry. */
  constructor(now: () => number, last: number) {
    this.#now = now
    this.#last = last
  }

  /** The clock itself: what expiry is measured against before a request has a place in the ledger. */
  now(): number {
    return this.#now()
  }

  /** Time for the next entry. */
  tick(): number {
    this.#last = Math.max(this.#last, Math.floor(this.#now()))
    return this.#last
  }

  /** Milliseconds by which the clock is behind the last entry; 0 if it is not. */
  get behindMs(): number {
    return Math.max(0, this.#last - Math.floor(this.#now()))
  }
}
