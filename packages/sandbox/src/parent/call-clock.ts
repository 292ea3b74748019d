/**
 * The time of one call, as the parent measures it: processor time of the child, and a longer time by the clock for a child that
 * sleeps, or whose processor time cannot be known. A busy computer stretches the clock and not the processor time.
 *
 * Looked at by a timer only, so that a call that is over soon costs a restart of the timer and no more. Time in which the child
 * waits for the parent does not count.
 */

export interface CallLimits {
  readonly cpuMs: number
  readonly wallMs: number
}

export interface CallClockOptions {
  /** Milliseconds of processor time that the child has used; null if that cannot be known. */
  readonly cpuMs: () => number | null
  /** Milliseconds, of a clock that does not jump. */
  readonly now: () => number
  /** Told once which limit was reached. */
  readonly onOver: (limit: keyof CallLimits) => void
}

/** The parent looks at least once in so many milliseconds, and so many times within a short limit. */
const lookMs = 250
const looks = 8
/** If a look comes later than after so many intervals, the parent was busy, and the child is not charged for the rest of the time. */
const heldUp = 4

export class CallClock {
  readonly #options: CallClockOptions
  #limits: CallLimits = { cpuMs: 0, wallMs: 0 }
  #timer: NodeJS.Timeout | null = null
  #intervalMs = 0
  #runs = false
  #paused = false
  /** Whether the timer went off while the child waited. */
  #missed = false
  #elapsedMs = 0
  #since = 0
  /** Processor time at the first look; earlier time does not count. */
  #baseMs: number | null = null

  constructor(options: CallClockOptions) {
    this.#options = options
  }

  /** A call begins, within these limits. */
  begin(limits: CallLimits): void {
    this.#limits = limits
    this.again()
  }

  /** The next call begins, within the same limits. */
  again(): void {
    this.#elapsedMs = 0
    this.#baseMs = null
    this.#since = this.#options.now()
    this.#paused = false
    this.#missed = false
    this.#runs = true
    this.#arm()
  }

  /** The child waits for the parent. */
  pause(): void {
    if (!this.#runs || this.#paused) return
    this.#count()
    this.#paused = true
  }

  resume(): void {
    if (!this.#runs || !this.#paused) return
    this.#paused = false
    this.#since = this.#options.now()
    if (!this.#missed) return
    this.#missed = false
    this.#look()
  }

  stop(): void {
    this.#runs = false
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(): void {
    const { cpuMs, wallMs } = this.#limits
    const intervalMs = Math.max(5, Math.min(lookMs, cpuMs / looks, wallMs / looks))
    if (this.#timer !== null && intervalMs === this.#intervalMs) {
      this.#timer.refresh()
      return
    }
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#intervalMs = intervalMs
    this.#timer = setTimeout(() => this.#look(), intervalMs)
  }

  #count(): void {
    const now = this.#options.now()
    this.#elapsedMs += Math.min(now - this.#since, heldUp * this.#intervalMs)
    this.#since = now
  }

  #look(): void {
    if (!this.#runs) return
    if (this.#paused) {
      this.#missed = true
      return
    }
    this.#count()
    const cpuMs = this.#options.cpuMs()
    this.#baseMs ??= cpuMs
    const usedMs = cpuMs === null || this.#baseMs === null ? 0 : cpuMs - this.#baseMs
    const over =
      usedMs >= this.#limits.cpuMs
        ? 'cpuMs'
        : this.#elapsedMs >= this.#limits.wallMs
          ? 'wallMs'
          : null
    if (over === null) {
      this.#arm()
      return
    }
    this.stop()
    this.#options.onOver(over)
  }
}
