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
import { Executor } from './executor.ts'
import { Fates, type Reading } from './fates.ts'
import { faultOf, isStorageFailure, putAway, type ServiceFault } from './fault.ts'
import type { Group } from './group.ts'
import { HeadMemory } from './head-memory.ts'
import { Intake } from './intake.ts'
import type { Pending, Recorded } from './pending.ts'
import { Queue } from './queue.ts'
import { busy, closing, Refusal, stopped } from './refusal.ts'
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
  #executor: Executor
  #running: Promise<void> | null = null
  #committing: Promise<void> = Promise.resolve()
  #next: number
  #closing = false
  #hushed = true
  /** Why nothing is executed or committed any more: the storage failed, or this service did. */
  #failure: Error | null = null
  #fault: ServiceFault | null

  constructor(options: ServiceOptions) {
    this.#options = options
    this.ledger = options.ledger
    this.genesis = options.genesis
    this.#queue = new Queue(options.limits)
    this.#heads = new HeadMemory(options.ledger)
    this.#next = options.ledger.length
    this.#fault = options.fault ?? null
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
      closed: () => this.#closed,
      wake: () => this.#wake(),
    })
    this.#alarms = new AlarmClock({
      ...options,
      pending: options.alarms,
      ledgerKey: options.ledger.key,
      onDue: () => void this.#wake(),
    })
    const [queue, fates, alarms] = [this.#queue, this.#fates, this.#alarms]
    this.#executor = new Executor({ ...options, queue, fates, alarms })
  }

  /** When the next alarm is due, in milliseconds since 1970; null if none is pending. */
  get nextAlarm(): number | null {
    return this.#alarms.next
  }

  /** From now on calls are executed and alarms are fired. If the last boot failed, no call gets in that could trigger another. */
  open(retryBoot = false): void {
    this.#hushed = false
    if (this.#isOver) return
    this.#boots.again ||= retryBoot && this.methods.size === 0
    this.#alarms.arm(this.#boots.again)
  }

  /** From now on, until it is opened, no alarm is fired and nothing is executed: the gate refuses calls. */
  hush(): void {
    this.#hushed = true
    this.#alarms.stop()
  }

  /** Halts the service, and resolves with the head once the current group is durable. After `graceMs` its machine is ended. Rejects if the storage fails. */
  async halt(graceMs: number): Promise<SignedHead> {
    this.hush()
    this.#fates.refuseAll(stopped())
    const timer = setTimeout(() => void this.#options.epoch.discard('refusal'), graceMs)
    await this.#running
    clearTimeout(timer)
    await this.#committing
    // Requests that the machine had not started are back in the queue.
    this.#fates.refuseAll(stopped())
    // The disk may hold a group whose callers got no answer.
    if (this.#failure && !this.#fault) throw this.#failure
    return this.ledger.head
  }

  get methods(): ReadonlySet<string> {
    return this.#options.epoch.methods
  }

  /** Why the service is faulted; null if it is not. */
  get fault(): ServiceFault | null {
    return this.#fault
  }

  /** Requests that wait, whether some are between queue and ledger, whether a machine runs, and why no requests are taken, or null. */
  get state() {
    const { clock, limits, epoch } = this.#options
    const unready = this.#closed?.message ?? clock.behind(limits.clockBehindMs)
    const waits = !this.#isOver && this.#next > this.ledger.length
    const executing = this.#running !== null || waits
    return { queued: this.#queue.length, executing, hasMachine: epoch.live, unready }
  }

  /** Why no requests are let in; null if they are. */
  get #closed(): Refusal | null {
    return this.#closing ? closing() : this.#fault && putAway(this.#fault)
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

  /**
   * Boots the machine and commits the boot entry, so that the methods are known before the first call. Rejects if the machine does not
   * start, and if the storage fails; if the boot cannot be recorded, the service is faulted.
   */
  async restart(): Promise<void> {
    do {
      const { boot, changes } = await this.#boots.boot(this.#next)
      this.#next += 1
      await this.#commit({ entries: boot, changes, executed: [], first: this.#next })
      if (this.#failure && !this.#fault) throw this.#failure
    } while (this.#boots.again && !this.#isOver)
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
      .catch((error: Error) => {
        this.#running = null
        this.#fail(error)
      })
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
    if (this.#isOver) await this.#options.epoch.close()
    this.#running = null
    if (!this.#closing && !this.#hushed && !this.#isOver) this.#alarms.arm()
  }

  /** Whether nothing is executed any more. */
  get #isOver(): boolean {
    return this.#failure !== null || this.#fault !== null
  }

  get #hasWork(): boolean {
    if (this.#isOver || this.#hushed) return false
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
    if (upgrade) return this.#executed(await this.#executor.announce(first))
    const { entries, changes, time, blocked } = await this.#alarms.ring(first)
    this.#next += entries.length
    if (entries.length > 0) return { ...group, entries: [...boot, ...entries], changes }
    if (blocked) this.#fates.refuseAll(busy('an alarm is due, and the script does not boot'))
    if (time === null) return group
    return this.#executed(await this.#executor.run(group, time))
  }

  /** Requests of a group have their places. */
  #executed(group: Group): Group {
    this.#next += group.executed.length
    return group
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

  /** Never rejects: an error ends the service, or the host. */
  async #commit(group: Group): Promise<void> {
    const { observer } = this.#options
    const began = observer ? performance.now() : 0
    let blocks: readonly Uint8Array[]
    try {
      const committed = await this.ledger.commit({ entries: group.entries, changes: group.changes })
      this.#heads.remember(committed.head)
      blocks = committed.entries
    } catch (error) {
      this.guard.doubt()
      this.#fail(error as Error)
      if (this.#fault) this.#fates.refuseThese(group.executed, putAway(this.#fault))
      return
    }
    try {
      this.#options.epoch.committed(this.ledger.length - 1)
      this.#options.onCommit?.(group.changes)
      observer?.onGroup(this.ledger, group.entries, performance.now() - began)
    } catch (error) {
      // The group is durable: its callers are answered all the same.
      this.#fail(error as Error)
    }
    this.#fates.committed(group, blocks)
  }

  /** Either the storage has failed and the host ends, or this service is faulted and executed none of the waiting requests. */
  #fail(error: Error): void {
    if (this.#failure) return
    this.#failure = error
    this.#alarms.stop()
    if (isStorageFailure(error)) {
      this.#closing = true
      this.#options.onFatal(error)
      return
    }
    this.#fault = faultOf(error, this.#options.clock.now())
    this.#fates.refuseAll(putAway(this.#fault))
    // A machine that works is ended when it is done.
    if (!this.#running) void this.#options.epoch.close()
    this.#options.onFault(this.#fault)
  }
}
