/**
 * Machines of many services: at most so many processes live at one time. Who needs one more waits its turn; the one that
 * was used longest ago gives up its machine if it is idle, and one that is busy does after a while.
 */

/** Who may hold a machine. */
export interface MachineUser {
  /** Gives up its machine if it has nothing to do; whether it did. */
  rest(): Promise<boolean>
}

export interface MachinesOptions {
  /** Machines at one time. */
  readonly machines: number
  /** Milliseconds for which a busy service may keep its machine while others wait for one. */
  readonly turnMs: number
  readonly now: () => number
}

export class Machines {
  #options: MachinesOptions
  /** When each got its machine; in the order of their last use. */
  #holders = new Map<MachineUser, number>()
  #waiting: (() => void)[] = []

  constructor(options: MachinesOptions) {
    this.#options = options
  }

  get live(): number {
    return this.#holders.size
  }

  /** Resolves when `user` may start a machine; it gives it back with {@link Machines.release}. */
  async take(user: MachineUser): Promise<void> {
    if (this.#holders.size < this.#options.machines) return this.#grant(user)
    const turn = new Promise<void>((resolve) => {
      this.#waiting.push(() => {
        this.#grant(user)
        resolve()
      })
    })
    await this.#makeRoom()
    await turn
  }

  /** The machine of `user` has ended. */
  release(user: MachineUser): void {
    if (this.#holders.delete(user)) this.#waiting.shift()?.()
  }

  /** Asked after each piece of work: whether to give the machine up for others. `idle`: there is no more work now. */
  mustYield(user: MachineUser, idle: boolean): boolean {
    const since = this.#holders.get(user)
    if (since === undefined) return false
    this.#holders.delete(user)
    this.#holders.set(user, since)
    return this.#waiting.length > 0 && (idle || this.#options.now() - since >= this.#options.turnMs)
  }

  #grant(user: MachineUser): void {
    this.#holders.set(user, this.#options.now())
  }

  async #makeRoom(): Promise<void> {
    for (const user of [...this.#holders.keys()]) if (await user.rest()) return
  }
}
