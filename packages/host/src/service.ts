/**
 * Service: one script, its ledger and its files, and the life of a call between socket and ledger.
 *
 *   submit → admitted → queued → executed → committed → settled
 *
 * Requests are executed in the order of arrival, one call at a time. All that wait are one group while the group before is being
 * committed: one signature and one fdatasync serve many calls. Nobody hears of an outcome before its group is durable.
 */
import type { GenesisEntry, SignedHead } from '@vms/format'
import type { Ledger } from '@vms/ledger'
import { AlarmClock } from './alarm-clock.ts'
import { type Booted, Boots, isUpgradeBoot, NO_BOOT } from './boots.ts'
import { Fates, type Reading } from './fates.ts'
import { type Group, type Placed, place, record } from './group.ts'
import { GroupSize } from './group-size.ts'
import { HeadMemory } from './head-memory.ts'
import { Intake } from './intake.ts'
import type { Pending, Recorded } from './pending.ts'
import { Queue } from './queue.ts'
import { backstop, busy, closing, Refusal, stopped } from './refusal.ts'
import { ReplayGuard } from './replay-guard.ts'
import type { ServiceOptions } from './service-options.ts'

export class Service {
  readonly ledger: Ledger
  readonly genesis: GenesisEntry
  readonly guard: ReplayGuard<Pending>
  #options: ServiceOptions
  #queue: Queue
  #heads: HeadMemory
  #intake: Intake
  #alarms: AlarmClock
  #boots: Boots
  #fates: Fates
  #groupSize = new GroupSize()
  #running: Promise<void> | null = null
  #committing: Promise<void> = Promise.resolve()
  #next: number
  #closing = false
  #hushed = true
  /** The commit that failed, if one did. Nothing is executed or committed after it. */
  #fault: Error | null = null

  constructor(options: ServiceOptions) {
    this.#options = options
    this.ledger = options.ledger
    this.genesis = options.genesis
    this.#queue = new Queue(options.limits)
    this.#heads = new HeadMemory(options.ledger)
    this.#next = options.ledger.length
    this.guard = new ReplayGuard(options.genesis.window, options.ledger.length)
    this.#boots = new Boots(options)
    const now = () => options.clock.now()
    this.#fates = new Fates({ ...options, guard: this.guard, queue: this.#queue, now })
    this.#intake = new Intake({
      options,
      heads: this.#heads,
      guard: this.guard,
      fates: this.#fates,
      queue: this.#queue,
      isClosing: () => this.#closing,
      wake: () => this.#wake(),
    })
    this.#alarms = new AlarmClock({
      ...options,
      pending: options.alarms,
      ledgerKey: options.ledger.key,
      onDue: () => void this.#wake(),
    })
  }

  /** When the next alarm is due, in milliseconds since 1970; null if none is pending. */
  get nextAlarm(): number | null {
    return this.#alarms.next
  }

  /** From now on calls are executed and alarms are fired. If the last boot failed, no call gets in that could trigger another. */
  open(retryBoot = false): void {
    this.#hushed = false
    this.#boots.again ||= retryBoot && this.methods.size === 0
    this.#alarms.arm(this.#boots.again)
  }

  /** From now on, until it is opened, no alarm is fired and nothing is executed: the gate refuses calls. */
  hush(): void {
    this.#hushed = true
    this.#alarms.stop()
  }

  /** Hushes, and resolves with the head once what was being executed is durable. After `graceMs` its machine is ended. */
  async halt(graceMs: number): Promise<SignedHead> {
    this.hush()
    this.#fates.refuseAll(stopped())
    const timer = setTimeout(() => void this.#options.epoch.discard('refusal'), graceMs)
    await this.#running
    clearTimeout(timer)
    await this.#committing
    // What the machine had not come to is back in the queue.
    this.#fates.refuseAll(stopped())
    return this.ledger.head
  }

  get methods(): ReadonlySet<string> {
    return this.#options.epoch.methods
  }

  /** Requests that wait, whether some are between queue and ledger, whether a machine runs, and why no requests are taken, or null. */
  get state() {
    const { clock, limits, epoch } = this.#options
    const unready = this.#closing ? 'the host is closing' : clock.behind(limits.clockBehindMs)
    const executing = this.#running !== null || this.#next > this.ledger.length
    return { queued: this.#queue.length, executing, hasMachine: epoch.live, unready }
  }

  /**
   * Submits a request; resolves with its entry once that is durable, or rejects with a {@link RefusedRequest}.
   * The same bytes again, pending or committed, resolve with the same entry and run nothing.
   */
  submit(
    bytes: Uint8Array,
    signature: Uint8Array | null,
    read: Reading = (work) => work(),
  ): Promise<Recorded> {
    return this.#intake.submit({ bytes, signature }, read)
  }

  /** Boots the machine and commits the boot entry, so that the methods are known before the first call. */
  async restart(): Promise<void> {
    do {
      const { boot, changes } = await this.#boots.boot(this.#next)
      this.#next += 1
      await this.#commit({ entries: boot, changes, executed: [], first: this.#next })
      if (this.#fault) throw this.#fault
    } while (this.#boots.again)
  }

  /** Ends the machine's process if nothing is to be done; the next call begins with a fresh one. Whether there was one to end. */
  async rest(): Promise<boolean> {
    const { epoch } = this.#options
    if (this.#running || !epoch.live) return false
    await epoch.discard('restart')
    return true
  }

  /** Commits what is being executed, refuses what waits, and stops. */
  async close(): Promise<void> {
    this.#closing = true
    this.#alarms.stop()
    this.#fates.refuseAll(closing())
    await this.#running
    await this.#committing
    await this.#options.epoch.close()
  }

  #wake(): Promise<void> {
    // Not at once: what arrives in the same turn of the event loop joins the group.
    this.#running ??= new Promise((resolve) => setImmediate(resolve))
      .then(() => this.#work())
      .catch((error: Error) => this.#die(error))
    return this.#running
  }

  async #work(): Promise<void> {
    while (this.#hasWork) {
      const group = await this.#execute()
      await this.#committing
      if (group.entries.length > 0) this.#committing = this.#commit(group)
      // Who is refused for it is told the head that includes it.
      if (isUpgradeBoot(group.entries[0])) await this.#committing
      const { epoch, yieldsMachine } = this.#options
      if (epoch.live && yieldsMachine?.()) await epoch.discard('restart')
    }
    this.#running = null
    if (!this.#closing && !this.#hushed) this.#alarms.arm()
  }

  get #hasWork(): boolean {
    if (this.#fault || this.#hushed) return false
    return this.#queue.length > 0 || (!this.#closing && (this.#boots.again || this.#alarms.isDue))
  }

  /** Fires the alarms that are due, or else executes what waits, up to the end of the epoch. Says what is to be committed. */
  async #execute(): Promise<Group> {
    const { clock, limits } = this.#options
    const late = clock.behind(limits.clockBehindMs)
    if (late !== null) {
      this.#fates.refuseAll(new Refusal('ERR_VMS_CLOCK', late))
      this.#alarms.pause()
    }
    // Needs no machine, so that a script that does not run can be replaced.
    const upgrade = this.#queue.upgradeNext
    const { boot, changes: booted } = upgrade ? NO_BOOT : await this.#bootIfDue()
    const first = this.#next
    const group: Group = { entries: boot, changes: booted, executed: [], first }
    if (!this.#hasWork || isUpgradeBoot(boot[0])) return group
    if (upgrade) return this.#announce(first)
    const { entries, changes, time, blocked } = await this.#alarms.ring(first)
    this.#next += entries.length
    if (entries.length > 0) return { ...group, entries: [...boot, ...entries], changes }
    if (blocked) this.#fates.refuseAll(busy('an alarm is due, and the script does not boot'))
    if (time === null) return group
    const { epoch, groupCalls } = this.#options
    const calls = Math.min(epoch.callsLeft, this.#groupSize.calls, groupCalls?.() ?? Infinity)
    const placed = this.#place(this.#queue.take(calls), first, time)
    if (placed.length === 0) return group
    const { done, stop } = await epoch.run(placed.map(({ request }) => request))
    const rest = placed.slice(done.length).map(({ pending }) => pending)
    if (stop?.kind === 'refused') {
      const culprit = rest.shift()
      if (culprit) await this.#fates.refuseForGood(culprit, backstop(stop))
    }
    this.#queue.putBack(rest)
    this.#next += done.length
    const recorded = record(this.#options.crypto, boot, placed, done)
    this.#alarms.changed(recorded.changes)
    const ran = done.reduce((sum, { results }) => sum + results.length, 0)
    this.#groupSize.learn(ran, recorded.changes, this.#options.oracles.takeWaitedMs())
    return { ...group, ...recorded }
  }

  /** Gives requests their places, and refuses those that may not stand there. */
  #place(candidates: readonly Pending[], next: number, time: number): Placed[] {
    const { methods } = this
    const { since } = this.#options.trail
    const at = { ...this.#options, ledgerKey: this.ledger.key, time, next, methods, since }
    const { placed, refused } = place(candidates, at)
    for (const { pending, refusal } of refused) this.#fates.refuse(pending, refusal)
    return placed
  }

  /** The upgrade that is next, as a group of its own. */
  #announce(first: number): Group {
    const { clock, crypto, trail } = this.#options
    const time = clock.tick()
    const placed = this.#place(this.#queue.take(1), first, time)
    const results = placed.map(({ pending }) => [trail.announce(pending.request, first, time)])
    this.#next += placed.length
    this.#alarms.resume()
    const done = results.map((each) => ({ results: each }))
    return { first, ...record(crypto, [], placed, done) }
  }

  /** The boot entry of a fresh machine if one is due. If there can be none now, all that waits is refused. */
  async #bootIfDue(): Promise<Booted> {
    if (!this.#boots.due || !this.#hasWork) return NO_BOOT
    // A new process reads all files from the archive: what is still being committed would be missing there.
    await this.#committing
    try {
      const booted = await this.#boots.boot(this.#next)
      this.#next += 1
      return booted
    } catch (error) {
      this.#fates.refuseAll(busy(`the machine did not boot: ${(error as Error).message}`))
      this.#alarms.pause()
      return NO_BOOT
    }
  }

  async #commit(group: Group): Promise<void> {
    const { observer } = this.#options
    const began = observer ? performance.now() : 0
    let blocks: readonly Uint8Array[]
    try {
      const committed = await this.ledger.commit({ entries: group.entries, changes: group.changes })
      this.#heads.remember(committed.head)
      blocks = committed.entries
    } catch (error) {
      this.#die(error as Error)
      return
    }
    this.#options.epoch.committed(this.ledger.length - 1)
    this.#options.onCommit?.(group.changes)
    observer?.onGroup(this.ledger, group.entries, performance.now() - began)
    this.#fates.committed(group, blocks)
  }

  #die(error: Error): void {
    if (this.#fault) return
    this.#fault = error
    this.#closing = true
    this.#options.onFatal(error)
  }
}
