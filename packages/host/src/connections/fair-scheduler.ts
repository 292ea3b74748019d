/**
 * Fair turns on the host's one thread: frames of many services wait in a line for each, and the lines are served one frame
 * at a time, a few in each turn of the event loop. So a flood of one service waits behind itself, and a frame of another
 * waits for one frame of each line at most. What comes while there is room in this turn does not wait at all.
 */
import type { Timers } from '@vms/ledger'

/** Frames in one turn of the event loop: a signature is checked in some 0.1 ms, so about 1 ms until other input is seen. */
export const TURN_FRAMES = 8

export class FairScheduler {
  /** By service; the first line is the next to be served. */
  #lines = new Map<object, (() => void)[]>()
  #room = TURN_FRAMES
  #scheduled = false
  readonly #timers: Pick<Timers, 'nextTurn'>

  constructor(timers: Pick<Timers, 'nextTurn'>) {
    this.#timers = timers
  }

  /** Runs `work` when it is the turn of `service`: now, if no work waits and there is room. Keeps the order within a service. */
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
