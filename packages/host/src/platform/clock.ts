/** Time of entries: the clock's, but never before the entry that came last. Equal is allowed. */

export class EntryClock {
  #now: () => number
  #last: number

  /** `now` gives milliseconds since the epoch; `last` is the time of the ledger's last entry. */
  constructor(now: () => number, last: number) {
    this.#now = now
    this.#last = last
  }

  /** Time of the last entry. */
  get last(): number {
    return this.#last
  }

  /** The clock itself: what expiry is measured against before a request has a place in the ledger. */
  now(): number {
    return this.#now()
  }

  /** Time that the next entry would have. */
  peek(): number {
    return Math.max(this.#last, Math.floor(this.#now()))
  }

  /** Time for the next entry. */
  tick(): number {
    this.#last = this.peek()
    return this.#last
  }

  /** Says so if the clock is more than `limitMs` milliseconds behind the last entry; else null. */
  behind(limitMs: number): string | null {
    const behindMs = this.#last - Math.floor(this.#now())
    return behindMs > limitMs ? `the host's clock is ${behindMs} ms behind its last entry` : null
  }
}
