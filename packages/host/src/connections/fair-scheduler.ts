/**
 * Shares the host's one thread fairly: frames of each service wait in a line, and the host serves the lines one frame at a time, a few
 * frames in each turn of the event loop. So a flood for one service delays only that service, and a frame of another waits for at most one
 * frame of each line. A frame that arrives while this turn has room does not wait at all.
 */
import type { Timers } from '@vms/ledger'

/** Most frames in one turn of the event loop: a signature check takes about 0.1 ms, so other input waits for about 1 ms. */
export const TURN_FRAMES = 8

export class FairScheduler {
  /** Lines by service. The first line is the next to be served. */
  #lines = new Map<object, (() => void)[]>()
  #room = TURN_FRAMES
  #scheduled = false
  readonly #timers: Pick<Timers, 'nextTurn'>

  constructor(timers: Pick<Timers, 'nextTurn'>) {
    this.#timers = timers
  }

  /** Runs `work` at the turn of `service`: at once if no work waits and this turn has room. Keeps the order within a service. */
  run(service: object, work: () => void): void {
    if (this.#lines.size === 0 && this.#room > 0) {
      this.#room -= 1
      this.#schedule()
      work()
      return
    }
    const line = this.#lines.get(service)
    if (line) line.push(work)
    else this.#lines.set(service, [work])
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    void this.#timers.nextTurn().then(() => this.#turn())
  }

  #turn(): void {
    this.#scheduled = false
    for (this.#room = TURN_FRAMES; this.#room > 0 && this.#lines.size > 0; this.#room -= 1) {
      const [service, line] = this.#lines.entries().next().value as [object, (() => void)[]]
      this.#lines.delete(service)
      const work = line.shift()
      if (line.length > 0) this.#lines.set(service, line)
      work?.()
    }
    if (this.#lines.size > 0) this.#schedule()
  }
}
