/** Wakes a dormant service when its next alarm is due. A service that is awake fires its alarms itself. */
import type { Timers } from '@vms/ledger'

/** The longest that a timer can wait, in milliseconds. */
const TIMER_MS = 2 ** 31 - 1

export interface WakeTimerOptions {
  readonly now: () => number
  readonly timers: Timers
  /** When the next alarm is due, in milliseconds since 1970; null if there is nothing to wake the service for. */
  readonly due: () => number | null
  readonly wake: () => Promise<unknown>
  /** Milliseconds until the timer tries again after a failed wake. */
  readonly retryMs: () => number
  readonly onError: (error: Error) => void
}

export class WakeTimer {
  #options: WakeTimerOptions
  #cancel: () => void = () => {}

  constructor(options: WakeTimerOptions) {
    this.#options = options
  }

  /** Sets the timer for the alarm that `due` returns, at least `leastMs` milliseconds from now. */
  set(leastMs = 0): void {
    this.clear()
    const due = this.#options.due()
    if (due === null) return
    const ms = Math.max(leastMs, due - this.#options.now())
    const ring = (): Promise<unknown> =>
      this.#options.wake().catch((error) => {
        this.#options.onError(error)
        this.set(this.#options.retryMs())
      })
    this.#cancel = this.#options.timers.after(Math.min(ms, TIMER_MS), () =>
      ms > TIMER_MS ? this.set() : void ring(),
    )
  }

  clear(): void {
    this.#cancel()
  }
}
