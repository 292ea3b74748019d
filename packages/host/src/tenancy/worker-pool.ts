/**
 * The worker pool: machines of many services, with a limit on processes at one time. A service that needs a machine waits until
 * another service has had its turn. Of the services that had their turn, the one used longest ago gives up its machine, at once if
 * it is idle.
 */

import type { Timers } from '@vms/ledger'

/** A service that may hold a machine. */
export interface WorkerUser {
  /** Ends its machine if it has no work. Resolves with whether it did. */
  rest(): Promise<boolean>
}

export interface WorkerPoolOptions {
  /** Most machines at one time. */
  readonly machines: number
  /** Milliseconds for which a service may keep its machine while others wait for one: a new one costs a boot. */
  readonly turnMs: number
  readonly now: () => number
  readonly timers: Timers
}

export class WorkerPool {
  #options: WorkerPoolOptions
  /** Time at which each service got its machine, in the order of their last use. */
  #holders = new Map<WorkerUser, number>()
  #waiting: (() => void)[] = []
  #clearing = false
  #timerSet = false

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  get live(): number {
    return this.#holders.size
  }

  /** Resolves when `user` may start a machine; it gives it back with {@link WorkerPool.release}. */
  async take(user: WorkerUser): Promise<void> {
    if (this.#holders.size < this.#options.machines) return this.#grant(user)
    const turn = new Promise<void>((resolve) => {
      this.#waiting.push(() => {
        this.#grant(user)
        resolve()
      })
    })
    void this.#makeRoom()
    await turn
  }

  /** Call when the machine of `user` has started: its turn begins. */
  started(user: WorkerUser): void {
    if (this.#holders.has(user)) this.#holders.set(user, this.#options.now())
  }

  /** Call when the machine of `user` has ended. */
  release(user: WorkerUser): void {
    if (this.#holders.delete(user)) this.#waiting.shift()?.()
  }

  /** Whether `user` should give up its machine for others. Called after each piece of work. */
  mustYield(user: WorkerUser): boolean {
    const since = this.#holders.get(user)
    if (since === undefined) return false
    this.#holders.delete(user)
    this.#holders.set(user, since)
    if (this.#waiting.length === 0) return false
    if (this.#isOver(since)) return true
    void this.#makeRoom()
    return false
  }

  #isOver(since: number): boolean {
    return this.#options.now() - since >= this.#options.turnMs
  }

  /** Milliseconds until the next turn ends. If all turns have ended, one whole turn: busy services yield by themselves. */
  #untilTurnIsOver(): number {
    const now = this.#options.now()
    const left = [...this.#holders.values()].map((since) => since + this.#options.turnMs - now)
    return Math.max(1, Math.min(this.#options.turnMs, ...left.filter((ms) => ms > 0)))
  }

  #grant(user: WorkerUser): void {
    this.#holders.set(user, this.#options.now())
  }

  /** Takes the machines of idle services that had their turn. Busy services ask by themselves. */
  async #makeRoom(): Promise<void> {
    if (this.#clearing) return
    this.#clearing = true
    for (const [user, since] of [...this.#holders]) {
      if (this.#waiting.length === 0) break
      // The service reports an error that keeps its machine from ending.
      if (this.#isOver(since)) await user.rest().catch(() => {})
    }
    this.#clearing = false
    if (this.#waiting.length === 0 || this.#timerSet) return
    this.#timerSet = true
    this.#options.timers.after(this.#untilTurnIsOver(), () => {
      this.#timerSet = false
      void this.#makeRoom()
    })
  }
}
