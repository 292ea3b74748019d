/** Does something as often as it is asked for, but not more often than once in a while; the last asking is never lost. */
import type { Timers } from '@vms/ledger'

export class Throttle {
  #timers: Timers
  #pauseMs: number
  #act: () => void
  /** Cancels the pause; null outside of one. */
  #pause: (() => void) | null = null
  #asked = false

  /** `act` runs at once, and again at the end of `pauseMs` milliseconds if it was asked for meanwhile. */
  constructor(timers: Timers, pauseMs: number, act: () => void) {
    this.#timers = timers
    this.#pauseMs = pauseMs
    this.#act = act
  }

  ask(): void {
    this.#asked = true
    if (!this.#pause) this.#run()
  }

  stop(): void {
    this.#pause?.()
    this.#pause = null
    this.#asked = false
  }

  #run(): void {
    this.#pause = null
    if (!this.#asked) return
    this.#asked = false
    this.#pause = this.#timers.after(this.#pauseMs, () => this.#run())
    this.#act()
  }
}
