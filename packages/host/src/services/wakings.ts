/**
 * Wakings: how many services that sleep one visitor may wake. Waking opens a database, and puts to sleep what was used longest
 * ago; one visitor who goes through all services of a host again and again would keep it doing nothing else.
 */
import { HostError } from '../errors.ts'
import { networksOf } from '../operating/networks.ts'
import { Rates } from './rates.ts'

/** Seconds of wakings that a visitor may save up. */
const SAVED_SECONDS = 60

/** What a visitor is told who has woken too many. */
export class WakingsError extends HostError {
  /** Milliseconds until it may wake one more. */
  readonly waitMs: number

  constructor(waitMs: number) {
    const seconds = Math.ceil(waitMs / 1_000)
    super(
      'ERR_VMS_WAKINGS',
      `you woke more services than this host allows in a minute; come back in ${seconds} s`,
    )
    this.waitMs = waitMs
  }

  override shouldRetry(): boolean {
    return true
  }
}

export class Wakings {
  #perSecond: number
  #rates: Rates

  constructor(perMinute: number, now: () => number) {
    this.#perSecond = perMinute / 60
    this.#rates = new Rates(now, SAVED_SECONDS)
  }

  /** Milliseconds until this visitor may wake a service; 0 if it may now. Takes nothing. `visitor`: null for the host itself. */
  waitMs(visitor: string | null): number {
    if (visitor === null) return 0
    const waits = networksOf(visitor).map(({ name, times }) => {
      const perSecond = this.#perSecond * times
      const missing = 1 - this.#rates.left(name, perSecond)
      return missing <= 0 ? 0 : Math.ceil((missing / perSecond) * 1_000)
    })
    return Math.max(...waits)
  }

  /** This visitor wakes one. Throws {@link WakingsError}. */
  take(visitor: string | null): void {
    const waitMs = this.waitMs(visitor)
    if (waitMs > 0) throw new WakingsError(waitMs)
    if (visitor === null) return
    for (const { name, times } of networksOf(visitor))
      this.#rates.take(name, 1, this.#perSecond * times)
  }
}
