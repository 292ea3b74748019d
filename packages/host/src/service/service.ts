/**
 * Service: one script, its ledger and its files, and the life of a call between socket and ledger.
 *
 *   submit → admitted → queued → executed → committed → settled
 *
 * The service executes requests in the order of arrival, one call at a time. While one group is being committed, all waiting requests
 * form the next: one signature and one fdatasync serve many calls. No outcome leaves before its group is durable.
 */
import type { GenesisEntry, SignedHead } from '@vms/format'
import type { Ledger, LedgerPort } from '@vms/ledger'
import { faulted, faultOf, isStorageFailure, type ServiceFault } from '../errors/fault.ts'
import { busy, closing, Refusal, stopped } from '../errors/refusal.ts'
import { AlarmTimer } from './alarm-timer.ts'
import { Executor } from './executor.ts'
import { emptyGroup, endOf, type Group, isUpgradeBoot } from './group.ts'
import { Intake } from './intake.ts'
import { KnownHeads } from './known-heads.ts'
import type { Pending, Recorded } from './pending.ts'
import { Queue } from './queue.ts'
import { Recall } from './recall.ts'
import { ReplayGuard } from './replay-guard.ts'
import { RequestOutcomes, type RunRead } from './request-outcomes.ts'
import type { ServiceOptions } from './service-options.ts'

/** `L`: the type of the ledger. */
export class Service<L extends LedgerPort = Ledger> {
  readonly ledger: L
  readonly genesis: GenesisEntry
  readonly guard: ReplayGuard<Pending>
  #options: ServiceOptions<L>
  #queue: Queue
  #heads: KnownHeads
  #recall: Recall
  #intake: Intake
  #alarms: AlarmTimer
  #requestOutcomes: RequestOutcomes
  #executor: Executor
  #running: Promise<void> | null = null
  #committing: Promise<void> = Promise.resolve()
  #next: number
  #closing = false
  #alarmsPaused = true
  /** The error that ended execution and commits: of the storage, or of this service. */
  #failure: Error | null = null
  #fault: ServiceFault | null

  constructor(options: ServiceOptions<L>) {
    this.#options = options
    this.ledger = options.ledger
    this.genesis = options.genesis
    this.#queue = new Queue(options.limits)
    this.#heads = new KnownHeads(options.ledger)
    this.#next = options.ledger.length
    this.#fault = options.fault ?? null
    this.guard = new ReplayGuard(options.genesis.window, options.ledger.length)
    this.#recall = new Recall({
      ledger: options.ledger,
      guard: this.guard,
      crypto: options.crypto,
      window: options.genesis.window,
      lastTime: () => options.clock.last,
    })
    const now = () => options.clock.now()
    this.#requestOutcomes = new RequestOutcomes({
      ...options,
      guard: this.guard,
      queue: this.#queue,
      now,
    })
    this.#intake = new Intake({
      options,
      heads: this.#heads,
      guard: this.guard,
      recall: this.#recall,
      requestOutcomes: this.#requestOutcomes,
      queue: this.#queue,
      closed: () => this.#closed,
      wake: () => this.#wake(),
    })
    this.#alarms = new AlarmTimer({ ...options, onDue: () => void this.#wake() })
    const [queue, requestOutcomes, alarms] = [this.#queue, this.#requestOutcomes, this.#alarms]
    this.#executor = new Executor({ ...options, queue, requestOutcomes, alarms })
  }

  /** Reads the newest requests back from the ledger. Rejects if the ledger cannot be read: a start says so, and no later caller meets it. */
  async recallNewest(): Promise<void> {
    await this.#recall.backTo(this.ledger.length - 1, (read) => read())
  }

  /** When the next alarm is due, in milliseconds since 1970; null if none is pending. */
  get nextAlarm(): number | null {
    return this.#alarms.next
  }

  /** Begins to execute calls and to fire alarms. `retryBoot`: also retries a failed last boot, because no call is admitted that could cause one. */
  open(retryBoot = false): void {
    this.#alarmsPaused = false
    if (this.#isOver) return
    this.#executor.bootAgain ||= retryBoot && this.methods.size === 0
    this.#alarms.arm(this.#executor.bootAgain)
  }

  /** Fires no alarm and executes nothing until `open` is called. `authorize` refuses calls meanwhile. */
  pauseAlarms(): void {
    this.#alarmsPaused = true
    this.#alarms.stop()
  }

  /** Halts the service, and resolves with the head once the current group is durable. After `graceMs` its machine is ended. Rejects if the storage fails. */
  async halt(graceMs: number): Promise<SignedHead> {
    this.pauseAlarms()
    this.#requestOutcomes.refuseAll(stopped())
    const { timers, execution } = this.#options
    const cancel = timers.after(graceMs, () => void execution.discard('refusal'))
    await this.#running
    cancel()
    await this.#committing
    // Requests that the machine had not started are back in the queue.
    this.#requestOutcomes.refuseAll(stopped())
    // The disk may hold a group whose callers got no answer.
    if (this.#failure && !this.#fault) throw this.#failure
    return this.ledger.head
  }

  get methods(): ReadonlySet<string> {
    return this.#options.execution.state.epoch.methods
  }

  /** Why the service is faulted; null if it is not. */
  get fault(): ServiceFault | null {
    return this.#fault
  }

  /** The number of queued requests, whether a group is between queue and ledger, whether a machine runs, and why the service takes no requests (or null). */
  get state() {
    const { clock, limits, execution } = this.#options
    const unready = this.#closed?.message ?? clock.behind(limits.clockBehindMs)
    const waits = !this.#isOver && this.#next > this.ledger.length
    const executing = this.#running !== null || waits
    return { queued: this.#queue.length, executing, hasMachine: execution.live, unready }
  }

  /** The refusal for all new requests; null if the service admits requests. */
  get #closed(): Refusal | null {
    return this.#closing ? closing() : this.#fault && faulted(this.#fault)
  }

  /**
   * Submits a request; resolves with its entry once that is durable, or rejects with a {@link RefusedRequest}.
   * The same bytes again, pending or committed, resolve with the same entry and run nothing.
   */
  submit(
    bytes: Uint8Array,
    signature: Uint8Array | null,
    read: RunRead = (work) => work(),
  ): Promise<Recorded> {
    return this.#intake.submit({ bytes, signature }, read)
  }

  /**
   * Boots the machine and commits the boot entry, so that the methods are known before the first call. Rejects if the machine does not
   * start, and if the storage fails; if the boot cannot be recorded, the service is faulted.
   */
  async restart(): Promise<void> {
    do {
      const group = emptyGroup(this.#next)
      await this.#executor.boot(group)
      this.#next = endOf(group)
      await this.#commit(group)
      if (this.#failure && !this.#fault) throw this.#failure
    } while (this.#executor.bootAgain && !this.#isOver)
  }

  /** Ends the process of an idle machine; the next call starts a fresh one. Returns whether it ended one. */
  async rest(): Promise<boolean> {
    const { execution } = this.#options
    if (this.#running || !execution.live) return false
    await execution.discard('restart')
    return true
  }

  /** Commits the current group, refuses the waiting requests, and stops. */
  async close(): Promise<void> {
    this.#closing = true
    this.#alarms.stop()
    this.#requestOutcomes.refuseAll(closing())
    await this.#running
    await this.#committing
    await this.#options.execution.close()
  }

  #wake(): Promise<void> {
    // Requests that arrive in the same turn of the event loop join the group.
    this.#running ??= this.#options.timers
      .nextTurn()
      .then(() => this.#work())
      .catch((error: Error) => {
        this.#running = null
        this.#fail(error)
      })
    return this.#running
  }

  async #work(): Promise<void> {
    while (this.#hasWork) await this.step()
    if (this.#isOver) await this.#options.execution.close()
    this.#running = null
    if (!this.#closing && !this.#alarmsPaused && !this.#isOver) this.#alarms.arm()
  }

  /**
   * One step: executes the next group and begins to commit it. The commit goes on while the next step executes. Does nothing if
   * there is no work.
   */
  async step(): Promise<void> {
    if (!this.#hasWork) return
    const group = await this.#execute()
    await this.#committing
    if (group.entries.length > 0) this.#committing = this.#commit(group)
    // After an upgrade, a refused caller first gets a head that includes it.
    if (isUpgradeBoot(group)) await this.#committing
    const { execution, yieldsMachine } = this.#options
    if (execution.live && yieldsMachine?.()) await execution.discard('restart')
  }

  /** Whether the service has ended its work because of a failure or a fault. */
  get #isOver(): boolean {
    return this.#failure !== null || this.#fault !== null
  }

  get #hasWork(): boolean {
    if (this.#isOver || this.#alarmsPaused) return false
    return (
      this.#queue.length > 0 || (!this.#closing && (this.#executor.bootAgain || this.#alarms.isDue))
    )
  }

  /** Boots if a boot is due, and fires due alarms or else executes waiting requests. Returns the group to commit. */
  async #execute(): Promise<Group> {
    const { clock, limits } = this.#options
    const late = clock.behind(limits.clockBehindMs)
    if (late !== null) {
      this.#requestOutcomes.refuseAll(new Refusal('ERR_VMS_CLOCK', late))
      this.#alarms.pause()
    }
    const group = await this.#nextGroup()
    this.#next = endOf(group)
    return group
  }

  async #nextGroup(): Promise<Group> {
    const group = emptyGroup(this.#next)
    // An upgrade needs no machine, so that a script that does not run can be replaced.
    if (this.#queue.upgradeNext)
      return this.#hasWork ? await this.#executor.announce(this.#next) : group
    await this.#bootIfDue(group)
    if (!this.#hasWork || isUpgradeBoot(group)) return group
    const booted = group.entries.length
    const { time, blocked } = await this.#executor.fire(group)
    if (group.entries.length > booted) return group
    if (blocked)
      this.#requestOutcomes.refuseAll(busy('an alarm is due, and the script does not boot'))
    if (time !== null) await this.#executor.run(group, time)
    return group
  }

  /** Boots a fresh machine if one is due. If the boot fails, refuses all waiting requests. */
  async #bootIfDue(group: Group): Promise<void> {
    const { bootDue, bootAgain } = this.#executor
    if (!(bootDue || bootAgain) || !this.#hasWork) return
    // A new process reads all files from the archive, which does not have the group that is still being committed.
    await this.#committing
    try {
      await this.#executor.boot(group)
    } catch (error) {
      this.#requestOutcomes.refuseAll(busy(`the machine did not boot: ${(error as Error).message}`))
      this.#alarms.pause()
    }
  }

  /** Never rejects: an error ends the service, or the host. */
  async #commit(group: Group): Promise<void> {
    const { observer } = this.#options
    const began = observer ? performance.now() : 0
    let blocks: readonly Uint8Array[]
    try {
      const committed = await this.ledger.commit(group)
      this.#heads.remember(committed.head)
      blocks = committed.entries
    } catch (error) {
      this.guard.doubt()
      this.#fail(error as Error)
      if (this.#fault) this.#requestOutcomes.refuseThese(group.executed, faulted(this.#fault))
      return
    }
    try {
      this.#options.execution.committed(this.ledger.length - 1)
      this.#options.onCommit?.(group.changes)
      observer?.onGroup(this.ledger, group.entries, performance.now() - began)
    } catch (error) {
      // The group is durable: its callers are answered all the same.
      this.#fail(error as Error)
    }
    this.#requestOutcomes.committed(group, blocks)
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
    this.#requestOutcomes.refuseAll(faulted(this.#fault))
    // A machine that works ends after its work.
    if (!this.#running) void this.#options.execution.close()
    this.#options.onFault(this.#fault)
  }
}
