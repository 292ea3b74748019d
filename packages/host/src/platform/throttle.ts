/** Does something as often as it is asked for, but not more often than once in a while; the last asking is never lost. */

export class Throttle {
  #pauseMs: number
  #act: () => void
  #pause: ReturnType<typeof setTimeout> | null = null
  #asked = false

  /** `act` runs at once, and again at the end of `pauseMs` milliseconds if it was asked for meanwhile. */
  constructor(pauseMs: number, act: () => void) {
    this.#pauseMs = pauseMs
    this.#act = act
  }

  ask(): void {
    this.#asked = true
    if (!this.#pause) this.#run()
  }

  stop(): void {
    if (this.#pause) clearTimeout(this.#pause)
    this.#asked = false
  }

  #run(): void {
    this.#pause = null
    if (!this.#asked) return
    this.#asked = false
    this.#pause = setTimeout(() => this.#run(), this.#pauseMs)
    this.#act()
  }
}
