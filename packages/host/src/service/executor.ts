/**
 * The executor decides what the machine does next (boots, alarms, requests) and collects the entries of a group. After a machine
 * refuses a call, the executor ends it. Unfinished calls leave no trace, and the next entry is a boot.
 */
import { type Crypto, changedBytes } from '@vms/format'
import { type RunReport, SandboxError } from '@vms/sandbox'
import {
  type AlarmEvent,
  alarmDueAt,
  bootDue,
  type CallsEvent,
  callsLeft,
} from '@vms/sandbox/execution'
import { backstop } from '../errors/refusal.ts'
import type { EntryClock } from '../platform/clock.ts'
import { ALARM_TRIES, GROUP_ALARMS, GROUP_CHANGE_BYTES } from '../settings/limits.ts'
import type { AlarmTimer } from './alarm-timer.ts'
import { append, emptyGroup, endOf, type Group, type Placed, place } from './group.ts'
import { GroupSize } from './group-size.ts'
import type { Pending } from './pending.ts'
import type { Queue } from './queue.ts'
import type { RequestOutcomes } from './request-outcomes.ts'
import type { ServiceOptions } from './service-options.ts'

export interface ExecutorOptions
  extends Pick<
    ServiceOptions,
    'genesis' | 'execution' | 'running' | 'oracles' | 'groupCalls' | 'onReport'
  > {
  readonly clock: EntryClock
  readonly crypto: Crypto
  readonly queue: Queue
  readonly requestOutcomes: RequestOutcomes
  readonly alarms: AlarmTimer
}

/** The result of firing the due alarms. */
export interface Fired {
  /** A time for the next entry at which no alarm is due; null if an alarm or a boot is still due. */
  readonly time: number | null
  /** Whether an alarm is due and there is no machine for it. Then alarms pause. */
  readonly blocked: boolean
}

export class Executor {
  #options: ExecutorOptions
  #groupSize = new GroupSize()
  /** Machines that the next alarm has ended so far. */
  #tries = 0
  /** Whether the last run found its machine dead. */
  #lost = false
  /** Whether an upgrade failed, so that the previous script has to boot again. */
  bootAgain = false

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  /** Whether a boot has to come before anything runs. */
  get bootDue(): boolean {
    const { execution, clock } = this.#options
    return bootDue(execution.state, clock.peek()) !== null
  }

  /** Boots the script that is due, as the next entry of the group. Rejects if the machine did not start, or hit a backstop. */
  async boot(group: Group): Promise<void> {
    const { execution, clock } = this.#options
    this.bootAgain = false
    const time = clock.tick()
    const reason = bootDue(execution.state, time) ?? 'restart'
    try {
      append(group, await execution.boot({ kind: 'boot', reason, time, position: endOf(group) }))
    } catch (error) {
      if (execution.live) await execution.discard('refusal')
      throw error
    }
    this.bootAgain = reason === 'upgrade' && bootDue(execution.state, time) !== null
  }

  /** Fires the alarms that are due, in order, until none is, the group is full, or a boot has to come first. */
  async fire(group: Group): Promise<Fired> {
    const { execution, clock, alarms } = this.#options
    const booted = group.entries.length
    let bytes = 0
    for (;;) {
      const time = clock.tick()
      const reason = bootDue(execution.state, time)
      // The new script has to boot first.
      if (reason === 'upgrade') return { time: null, blocked: false }
      const alarm = alarmDueAt(execution.state, time)
      if (!alarm) return { time, blocked: false }
      const fired = group.entries.length - booted
      const blocked = reason !== null && fired === 0
      if (blocked) alarms.pause()
      const full = fired >= GROUP_ALARMS || bytes >= GROUP_CHANGE_BYTES
      if (full || reason !== null) return { time: null, blocked }
      const run = this.#tries < ALARM_TRIES
      const event: AlarmEvent = { kind: 'alarm', id: alarm.id, run, time, position: endOf(group) }
      const written = await this.#alarm(event, group)
      if (written === null) return { time: null, blocked: false }
      bytes += written
    }
  }

  /** Fires one alarm. Returns the bytes of its changes; null if the machine was lost. After {@link ALARM_TRIES} tries the ledger records the alarm as skipped. */
  async #alarm(event: AlarmEvent, group: Group): Promise<number | null> {
    const { execution, onReport } = this.#options
    try {
      const step = await execution.alarm(event, group.start)
      append(group, step)
      this.#tries = 0
      return changedBytes(step.changes)
    } catch (error) {
      onReport?.(`the alarm ${event.id} was not run: ${(error as Error).message}`)
      await execution.discard('refusal')
      this.#tries += 1
      return null
    }
  }

  /** Runs the waiting requests, at `time`, as the rest of a group. */
  run(group: Group, time: number): Promise<void> {
    const { execution, groupCalls } = this.#options
    const most = groupCalls?.() ?? Number.POSITIVE_INFINITY
    const calls = Math.min(callsLeft(execution.state), this.#groupSize.calls, most)
    return this.#taking(calls, (taken) => this.#run(taken, group, time))
  }

  /** Records the next upgrade as a group of its own. */
  announce(start: number): Promise<Group> {
    const { clock, execution, alarms } = this.#options
    const group = emptyGroup(start)
    return this.#taking(1, async (taken) => {
      for (const { pending, event } of this.#place(taken, start, clock.tick())) {
        if (event.kind === 'upgrade') append(group, execution.upgrade(event), pending)
      }
      alarms.resume()
      return group
    })
  }

  /** Takes requests from the queue for `work`. If `work` fails, they return to the queue: none of them has left a trace. */
  async #taking<T>(calls: number, work: (taken: readonly Pending[]) => Promise<T>): Promise<T> {
    const { queue } = this.#options
    const taken = queue.take(calls)
    try {
      return await work(taken)
    } catch (error) {
      queue.putBack(taken)
      throw error
    }
  }

  async #run(taken: readonly Pending[], group: Group, time: number): Promise<void> {
    const { execution, oracles, requestOutcomes, queue } = this.#options
    const placed = this.#place(taken, endOf(group), time)
    if (placed.length === 0) return
    const { done, stop } = await this.#onMachine(placed, group)
    let bytes = 0
    let kept = 0
    for (const { results } of done) {
      const { pending, event } = placed[kept++] as Placed
      const step = execution.calls(event as CallsEvent, results)
      append(group, step, pending)
      bytes += changedBytes(step.changes)
      if (bootDue(execution.state, time) === 'epoch') break
    }
    const rest = placed.slice(kept).map(({ pending }) => pending)
    if (kept < done.length) {
      // The epoch was spent before the machine came to the end: what it ran beyond is run again after the boot.
      await execution.discard('epoch')
    } else if (stop?.kind === 'refused') {
      await execution.discard('refusal')
      const culprit = rest.shift()
      if (culprit) await requestOutcomes.refuseForGood(culprit, backstop(stop))
    }
    queue.putBack(rest)
    const ran = done.slice(0, kept).reduce((sum, { results }) => sum + results.length, 0)
    this.#groupSize.learn(ran, bytes, oracles.takeWaitedMs())
  }

  /** Runs the calls on the machine. A report without results and without a stop: the machine was dead before, and the next one may run the requests. */
  async #onMachine(placed: readonly Placed[], group: Group): Promise<RunReport> {
    const { execution, running } = this.#options
    const events = placed.map(({ event }) => event as CallsEvent)
    running.events = events
    try {
      const report = await execution.run(events, group.start)
      this.#lost = false
      return report
    } catch (error) {
      const { message } = error as Error
      this.#lost = isDead(error) && !this.#lost
      // The machine gave no report, for example because the host could not read a file for it.
      if (!this.#lost)
        return { done: [], stop: { kind: 'refused', reason: 'crash', message, certain: false } }
      // Something else ended the idle process. If the next machine is lost too, the executor refuses the first request.
      await execution.discard('refusal')
      return { done: [], stop: null }
    } finally {
      running.events = []
    }
  }

  /** Assigns each request its place in the ledger, and refuses those that are not valid there. */
  #place(candidates: readonly Pending[], next: number, time: number): Placed[] {
    const { genesis, execution, requestOutcomes } = this.#options
    const { scripts, epoch } = execution.state
    const at = { genesis, time, next, methods: epoch.methods, since: scripts.state.since }
    const { placed, refused } = place(candidates, at)
    for (const { pending, refusal } of refused) requestOutcomes.refuse(pending, refusal)
    return placed
  }
}

const isDead = (error: unknown): boolean =>
  error instanceof SandboxError && error.code === 'ERR_VMS_MACHINE_DEAD'
