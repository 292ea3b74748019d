/** Wakes a service when its next alarm, or the upgrade of its script, falls due. */

import type { Timers } from '@vms/ledger'
import type { Execution } from '@vms/sandbox/execution'
import type { EntryClock } from '../platform/clock.ts'
import { ALARM_PAUSE_MS } from '../settings/limits.ts'

export interface AlarmTimerOptions {
  readonly execution: Pick<Execution, 'state'>
  readonly clock: EntryClock
  readonly timers: Timers
  readonly onDue: () => void
}

/** The longest that a timer can wait, in milliseconds. */
const TIMER_MS = 2 ** 31 - 1

export class AlarmTimer {
  #options: AlarmTimerOptions
  #cancel: () => void = () => {}
  #pausedUntil = 0

  constructor(options: AlarmTimerOptions) {
    this.#options = options
  }

  /** When the next alarm is due, in milliseconds since 1970; null if none is pending. */
  get next(): number | null {
    return this.#options.execution.state.alarms.next()?.due ?? null
  }

  /** Whether an alarm or an upgrade is due now. */
  get isDue(): boolean {
    return Math.max(this.#wakeAt, this.#pausedUntil) <= this.#options.clock.now()
  }

  get #wakeAt(): number {
    const never = Number.POSITIVE_INFINITY
    const { pending } = this.#options.execution.state.scripts.state
    return Math.min(this.next ?? never, pending?.due ?? never)
  }

  /** Sets the timer for the next alarm or upgrade. `now`: the service has work at once. */
  arm(now = false): void {
    this.#cancel()
    if (now) this.#options.onDue()
    if (now || this.#wakeAt === Number.POSITIVE_INFINITY) return
    const ms = Math.max(this.#wakeAt, this.#pausedUntil) - this.#options.clock.now()
    this.#cancel = this.#options.timers.after(Math.min(Math.max(ms, 0), TIMER_MS), () =>
      this.isDue ? this.#options.onDue() : this.arm(),
    )
  }

  /** Pauses alarms after a failed boot. A call that arrives meanwhile tries to boot again. */
  pause(): void {
    this.#pausedUntil = this.#options.clock.now() + ALARM_PAUSE_MS
  }

  /** Ends the pause after an upgrade: the new script may boot where the old one failed. */
  resume(): void {
    this.#pausedUntil = 0
  }

  stop(): void {
    this.#cancel()
  }
}
