/**
 * The wake rate limit: how many dormant services one visitor may wake. Waking opens a database and closes the one used longest ago.
 * Without a limit, one visitor who asks for all services in turn would keep the host busy with that alone.
 */
import { HostError } from '../errors/errors.ts'
import { VisitorRate } from './visitor-rate.ts'

/** The visitor has woken too many services. The message says when to come back. */
export class WakeRateError extends HostError {
  /** Milliseconds until the visitor may wake one more. */
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

export class WakeRateLimit {
  #rate: VisitorRate

  constructor(perMinute: number, now: () => number) {
    this.#rate = new VisitorRate(perMinute, now)
  }

  /** Milliseconds until this visitor may wake a service; 0 if it may now. Takes nothing. `visitor`: null for the host itself. */
  waitMs(visitor: string | null): number {
    return this.#rate.waitMs(visitor)
  }

  /** Counts one wake by this visitor. Throws {@link WakeRateError}. */
  take(visitor: string | null): void {
    const waitMs = this.#rate.take(visitor)
    if (waitMs > 0) throw new WakeRateError(waitMs)
  }
}
