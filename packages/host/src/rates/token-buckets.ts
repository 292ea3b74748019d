/**
 * Token buckets: a rate per second for each key, such as calls of a caller. Unused tokens are saved for some seconds. A request may
 * take more tokens than are left; then the caller waits until the bucket is positive again.
 */

/** Seconds of calls that a caller may save up: people come in bursts. */
const BURST_SECONDS = 5

/** Most callers with a bucket. Key pairs cost nothing, so the memory needs a bound. The bucket used longest ago goes first. */
const CALLERS_MAX = 10_000

export class TokenBuckets {
  #now: () => number
  #burstSeconds: number
  #accounts = new Map<string, { left: number; at: number }>()

  /** `burstSeconds`: seconds for which unused tokens are saved. */
  constructor(now: () => number, burstSeconds = BURST_SECONDS) {
    this.#now = now
    this.#burstSeconds = burstSeconds
  }

  /** Takes `calls` tokens of `caller`; false if the bucket is empty. */
  take(caller: string, calls: number, callsPerSecond: number): boolean {
    const left = this.left(caller, callsPerSecond)
    if (left <= 0) return false
    this.#accounts.delete(caller)
    this.#accounts.set(caller, { left: left - calls, at: this.#now() })
    if (this.#accounts.size > CALLERS_MAX)
      this.#accounts.delete(this.#accounts.keys().next().value as string)
    return true
  }

  /** Whether `caller` has tokens left. Takes none. */
  has(caller: string, callsPerSecond: number): boolean {
    return this.left(caller, callsPerSecond) > 0
  }

  /** Tokens of `caller`, with fractions; below 0 after a request that took more than were left. */
  left(caller: string, callsPerSecond: number): number {
    const most = callsPerSecond * this.#burstSeconds
    const account = this.#accounts.get(caller)
    const gained = account ? ((this.#now() - account.at) / 1_000) * callsPerSecond : most
    return Math.min(most, (account?.left ?? 0) + Math.max(0, gained))
  }
}
