/**
 * The executor: takes requests from the queue, gives each its place in the ledger, and has the machine run their calls. The result
 * is a group that waits to be committed. If the executor fails, it returns the requests to the queue: none of them left anything.
 */
import type { AlarmClock } from './alarm-clock.ts'
import type { Fates } from './fates.ts'
import { type Group, type Placed, place, record } from './group.ts'
import { GroupSize } from './group-size.ts'
import type { Pending } from './pending.ts'
import type { Queue } from './queue.ts'
import { backstop } from './refusal.ts'
import type { ServiceOptions } from './service-options.ts'

export interface ExecutorOptions
  extends Pick<
    ServiceOptions,
    'ledger' | 'genesis' | 'epoch' | 'trail' | 'clock' | 'crypto' | 'oracles' | 'groupCalls'
  > {
  readonly queue: Queue
  readonly fates: Fates
  readonly alarms: AlarmClock
}

export class Executor {
  #options: ExecutorOptions
  #groupSize = new GroupSize()

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  /** Runs the waiting requests, at `time`, as the rest of a group that already has its first entries. */
  run(group: Group, time: number): Promise<Group> {
    const { epoch, groupCalls } = this.#options
    const most = groupCalls?.() ?? Number.POSITIVE_INFINITY
    const calls = Math.min(epoch.callsLeft, this.#groupSize.calls, most)
    return this.#taking(calls, (taken) => this.#run(taken, group, time))
  }

  /** The upgrade that is next, as a group of its own. */
  announce(first: number): Promise<Group> {
    const { clock, crypto, trail, alarms } = this.#options
    return this.#taking(1, async (taken) => {
      const time = clock.tick()
      const placed = this.#place(taken, first, time)
      const done = placed.map(({ pending }) => ({
        results: [trail.announce(pending.request, first, time)],
      }))
      alarms.resume()
      return { first, ...record(crypto, [], placed, done) }
    })
  }

  async #taking(
    calls: number,
    work: (taken: readonly Pending[]) => Promise<Group>,
  ): Promise<Group> {
    const { queue } = this.#options
    const taken = queue.take(calls)
    try {
      return await work(taken)
    } catch (error) {
      queue.putBack(taken)
      throw error
    }
  }

  async #run(taken: readonly Pending[], group: Group, time: number): Promise<Group> {
    const { epoch, crypto, oracles, fates, queue, alarms } = this.#options
    const placed = this.#place(taken, group.first, time)
    if (placed.length === 0) return group
    const { done, stop } = await epoch.run(placed.map(({ request }) => request))
    const recorded = record(crypto, group.entries, placed, done)
    alarms.changed(recorded.changes)
    const rest = placed.slice(done.length).map(({ pending }) => pending)
    if (stop?.kind === 'refused') {
      const culprit = rest.shift()
      if (culprit) await fates.refuseForGood(culprit, backstop(stop))
    }
    queue.putBack(rest)
    const ran = done.reduce((sum, { results }) => sum + results.length, 0)
    this.#groupSize.learn(ran, recorded.changes, oracles.takeWaitedMs())
    return { ...group, ...recorded }
  }

  /** Gives requests their places, and refuses those that may not stand there. */
  #place(candidates: readonly Pending[], next: number, time: number): Placed[] {
    const { ledger, epoch, trail, fates } = this.#options
    const { methods } = epoch
    const at = {
      ...this.#options,
      ledgerKey: ledger.key,
      time,
      next,
      methods,
      since: trail.since,
    }
    const { placed, refused } = place(candidates, at)
    for (const { pending, refusal } of refused) fates.refuse(pending, refusal)
    return placed
  }
}
