/**
 * The time limits of one call, as the parent measures them: processor time of the child, and a longer wall-clock time. The wall clock stops
 * a child that sleeps, or whose processor time is unknown. A busy computer stretches the wall-clock time and not the processor time.
 *
 * Only a timer checks the limits, so a short call costs no more than a restart of the timer. Time in which the child waits for the parent
 * does not count.
 */

export interface CallLimits {
  readonly cpuMs: number
  readonly wallMs: number
}

export interface CallClockOptions {
  /** Milliseconds of processor time that the child has used; null if the system does not report it. */
  readonly cpuMs: () => number | null
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Called once with the limit that the call reached. */
  readonly onOver: (limit: keyof CallLimits) => void
}

/** The parent checks at least once in this many milliseconds, and this many times within a short limit. */
const lookMs = 250
const looks = 8
/**
 * If a check comes later than after this many intervals, the parent was busy. The clock does not charge the child for the rest of that
 * time.
 */
const heldUp = 4

export class CallClock {
  readonly #options: CallClockOptions
  #limits: CallLimits = { cpuMs: 0, wallMs: 0 }
  #timer: NodeJS.Timeout | null = null
  #intervalMs = 0
  #runs = false
  #paused = false
  /** Whether the timer fired while the child waited. */
  #missed = false
  #elapsedMs = 0
  #since = 0
  /** Processor time at the first check; earlier time does not count. */
  #baseMs: number | null = null

  constructor(options: CallClockOptions) {
    this.#options = options
  }

  /** A call begins with these limits. */
  begin(limits: CallLimits): void {
    this.#limits = limits
    this.again()
  }

  /** The next call begins with the same limits. */
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
