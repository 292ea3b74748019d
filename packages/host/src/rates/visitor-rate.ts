/** Limits how often per minute each address may use something. An IPv6 network may do so a few times as often. Visitors from this machine have no limit. */
import { networksOf } from './networks.ts'
import { TokenBuckets } from './token-buckets.ts'

/** Seconds of unused turns that a visitor may save up. */
const SAVED_SECONDS = 60

export class VisitorRate {
  #perSecond: number
  #rates: TokenBuckets

  constructor(perMinute: number, now: () => number) {
    this.#perSecond = perMinute / 60
    this.#rates = new TokenBuckets(now, SAVED_SECONDS)
  }

  /** Milliseconds until the turn of `visitor`; 0 if that is now. Takes nothing. `visitor`: null for this machine. */
  waitMs(visitor: string | null): number {
    if (visitor === null) return 0
    const waits = networksOf(visitor).map(({ name, times }) => {
      const perSecond = this.#perSecond * times
      const missing = 1 - this.#rates.left(name, perSecond)
      return missing <= 0 ? 0 : Math.ceil((missing / perSecond) * 1_000)
    })
    return Math.max(...waits)
  }

  /** Takes a turn if `visitor` has one. Returns 0 then, else the milliseconds until its next turn. */
  take(visitor: string | null): number {
    const waitMs = this.waitMs(visitor)
    if (waitMs > 0 || visitor === null) return waitMs
    for (const { name, times } of networksOf(visitor))
      this.#rates.take(name, 1, this.#perSecond * times)
    return 0
  }
}
