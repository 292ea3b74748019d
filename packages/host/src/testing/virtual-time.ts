/** Virtual time: runs scheduled events in the order of their time, and never waits. */
import type { Timers } from '@vms/ledger'

interface Scheduled {
  readonly at: number
  /** Events at the same time run in this order. */
  readonly order: number
  readonly work: () => void
}

export class VirtualTime {
  #now: number
  #order = 0
  /** A heap: the next event first. */
  readonly #events: Scheduled[] = []
  readonly #cancelled = new Set<Scheduled>()
  /** Unfinished work in real time. */
  readonly #held = new Set<Promise<unknown>>()

  /** `now`: milliseconds since 1970. */
  constructor(now: number) {
    this.#now = now
  }

  get now(): number {
    return this.#now
  }

  /** Runs `work` after `ms` milliseconds of virtual time. Returns the function that cancels it. */
  after(ms: number, work: () => void): () => void {
    const event = { at: this.#now + Math.max(0, ms), order: this.#order++, work }
    this.#push(event)
    return () => {
      this.#cancelled.add(event)
    }
  }

  /** Resolves after `ms` milliseconds of virtual time. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Timers of a simulated process. They never fire once `isAlive` turns false, as after a kill. */
  timers(isAlive: () => boolean): Timers {
    const after = (ms: number, work: () => void) =>
      this.after(ms, () => {
        if (isAlive()) work()
      })
    return { after, nextTurn: () => new Promise((resolve) => after(0, resolve)) }
  }

  /** Stops virtual time until `work`, which takes real time, is done. */
  hold<T>(work: Promise<T>): Promise<T> {
    const done = work.then(
      () => {},
      () => {},
    )
    this.#held.add(done)
    void done.then(() => this.#held.delete(done))
    return work
  }

  /**
   * Runs events until none is left, `until` returns true, or `limit` events have run. Between two events, all promises that can settle do
   * so. Returns the number of events run.
   */
  async run(until: () => boolean = () => false, limit = Number.POSITIVE_INFINITY): Promise<number> {
    let ran = 0
    await this.#settled()
    while (ran < limit && !until()) {
      const event = this.#pop()
      if (!event) break
      if (this.#cancelled.delete(event)) continue
      this.#now = Math.max(this.#now, event.at)
      event.work()
      ran += 1
      await this.#settled()
    }
    return ran
  }

  async #settled(): Promise<void> {
    await settled()
    while (this.#held.size > 0) {
      await Promise.race(this.#held)
      await settled()
    }
  }

  #push(event: Scheduled): void {
    const heap = this.#events
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(event, heap[parent] as Scheduled)) break
      heap[at] = heap[parent] as Scheduled
      at = parent
    }
    heap[at] = event
  }

  #pop(): Scheduled | undefined {
    const heap = this.#events
    const [first] = heap
    const last = heap.pop()
    if (!last || last === first) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = heap[child + 1]
      if (right && isBefore(right, heap[child] as Scheduled)) child += 1
      if (!isBefore(heap[child] as Scheduled, last)) break
      heap[at] = heap[child] as Scheduled
      at = child
    }
    heap[at] = last
    return first
  }
}

const isBefore = (a: Scheduled, b: Scheduled): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order)

/** The engine runs its microtasks to the last before the next turn of the event loop. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
