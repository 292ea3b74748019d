/**
 * One service of a registry. A dormant service is a directory and a few fields here. The first use opens its ledger, and the first
 * call starts its machine. A service that is idle becomes dormant again.
 *
 *   dormant → (use) → awake, no machine → (call) → awake, machine → (idle) → dormant
 *
 * A crash while it is awake loses nothing: the next use opens the ledger as it is on the disk.
 */
import type { Duplex } from 'node:stream'
import type { Request, SignedHead } from '@vms/format'
import type { SharedStream } from '@vms/ledger'
import type { ConsoleLine, MachineOptions, WarmProcess } from '@vms/sandbox'
import { CommitSignal } from '../connections/commit-signal.ts'
import { HostError } from '../errors/errors.ts'
import { faultOf, type ServiceFault } from '../errors/fault.ts'
import type { Served } from '../http/server.ts'
import {
  type DormantState,
  dormantStateOf,
  removeDormantState,
  saveDormantState,
} from '../opening/dormant-state.ts'
import { type Opened, openIfThere } from '../opening/opening.ts'
import { type HostPorts, type StartingOptions, startService } from '../opening/starting.ts'
import { HostOracles } from '../oracles/oracles.ts'
import { visitorOf, waitsToWake } from '../rates/visitor-address.ts'
import type { WakeRateLimit } from '../rates/wake-rate-limit.ts'
import type { Observer } from '../service/observer.ts'
import { GROUP_CALLS, GROUP_SHARED_CALLS, type ServiceLimits } from '../settings/limits.ts'
import { CpuPriority } from './cpu-priority.ts'
import type { CachedLedger, OpenLedgerCache } from './open-ledger-cache.ts'
import { type OpenService, secretsOf } from './open-service.ts'
import { WakeTimer } from './wake-timer.ts'
import type { WorkerPool, WorkerUser } from './worker-pool.ts'

/** What all services of a host share. */
export interface HostedParts {
  readonly ports: HostPorts
  readonly limits: ServiceLimits
  readonly machines: WorkerPool
  /** A process that is ready for the next machine. */
  readonly warmProcess: WarmProcess
  readonly openLedgers: OpenLedgerCache
  readonly wakeRate: WakeRateLimit
  readonly onFatal: (error: Error) => void
  /** Called when the public description of a service changes: its state, length, methods, or whether it is awake. */
  readonly onChange: () => void
  readonly onConsole: (id: string, line: ConsoleLine) => void
  readonly observer?: Observer | undefined
}

export interface HostedOptions extends HostedParts {
  readonly id: string
  readonly dir: string
  readonly requestBytes: number
  /** Its dormant state. Null if it was awake when its host ended; then the registry opens its ledger once, to read the state. */
  readonly dormant: DormantState | null
  /** Its record in the provisioning log. */
  readonly known: Pick<DormantState, 'length' | 'methods'>
  /** Whether it takes calls and fires alarms. */
  readonly running: boolean
  readonly onError: (error: Error) => void
  /** Called with the caller that a request names, before its signature is checked. Throws a refusal. */
  readonly precheck: (caller: string) => void
  /** Decides on each new request whether the operator admits it. `storedBytes`: bytes that the service has stored. Throws a refusal. */
  readonly authorize: (request: Request, caller: string, storedBytes: number) => void
}

/** The service's directory holds no ledger. */
class LedgerMissingError extends HostError {
  constructor(id: string, dir: string) {
    super('ERR_VMS_LEDGER_MISSING', `the ledger of ${id} is not in ${dir}`, {
      hint: 'restore the directory from a backup, or remove the service',
    })
  }
}

/** The host closes, or the service was purged. */
class NotServedError extends HostError {
  constructor(id: string) {
    super('ERR_VMS_CLOSING', `${id} is not served any more`)
  }
}

export class HostedService implements Served, WorkerUser, CachedLedger {
  readonly id: string
  readonly requestBytes: number
  #options: HostedOptions
  #dormant: DormantState
  #running: boolean
  #alarm: WakeTimer
  /** Why the service is faulted; null once somebody has started it again. */
  #fault: ServiceFault | null = null
  /** Why the last attempt to open the ledger failed. The next use tries again. */
  #unopened: ServiceFault | null = null
  /** Whether the dormant state matches the ledger. */
  #dormantIsCurrent = true
  #awake: OpenService | null = null
  #waking: Promise<OpenService> | null = null
  #falling: Promise<void> = Promise.resolve()
  #users = 0
  #streams = new Set<Duplex>()
  readonly commits = new CommitSignal()
  #ended = false

  constructor(options: HostedOptions) {
    this.#options = options
    this.id = options.id
    this.requestBytes = options.requestBytes
    // A service that was awake when its host ended may have alarms that are due.
    this.#dormant = options.dormant ?? { ...options.known, nextAlarm: 0 }
    this.#running = options.running
    const sleeps = (): boolean => !this.#awake && !this.#ended && this.#running && !this.#fault
    this.#alarm = new WakeTimer({
      now: options.ports.now,
      timers: options.ports.timers,
      due: () => (sleeps() ? this.#dormant.nextAlarm : null),
      wake: () => this.use(async () => {}, null),
      retryMs: () => RETRY_MS[this.#unopened ? 'unopened' : 'busy'],
      onError: options.onError,
    })
    this.#alarm.set()
  }

  /** Entries of the ledger. While the service is dormant: the number at its last use. */
  get length(): number {
    return this.#awake?.service.ledger.length ?? this.#dormant.length
  }

  get methods(): readonly string[] {
    return this.#awake ? [...this.#awake.service.methods] : this.#dormant.methods
  }

  get awake(): boolean {
    return this.#awake !== null
  }

  /** Requests in the queue. */
  get queued(): number {
    return this.#awake?.service.state.queued ?? 0
  }

  /** Why the service takes no calls; null if it takes calls. */
  get fault(): ServiceFault | null {
    return this.#awake?.service.fault ?? this.#fault ?? this.#unopened
  }

  get idle(): boolean {
    return this.#users === 0
  }

  get followed(): boolean {
    return this.#streams.size > 0
  }

  /** Whether it takes calls and fires alarms; `authorize` refuses calls. */
  set running(running: boolean) {
    this.#running = running
    const service = this.#awake?.service
    if (running) service?.open(true)
    else service?.pauseAlarms()
    this.#alarm.set()
  }

  /**
   * Executes nothing until `running` is set again. Resolves with the head once the current group is durable.
   * A machine that works on after `graceMs` is ended.
   */
  async halt(graceMs: number): Promise<SignedHead> {
    this.running = false
    return this.use(({ service }) => service.halt(graceMs), null)
  }

  /** Clears a fault: the next use starts the service again. */
  mend(): void {
    if (!this.#fault) return
    this.#fault = null
    if (this.#awake) this.#fallAsleep(this.#awake)
    this.#options.onChange()
  }

  /**
   * Keeps the service awake while `work` runs. `visitor`: the address that asks; null is the host itself. Rejects with
   * {@link WakeRateError} if the service is dormant and the visitor has woken too many.
   */
  async use<T>(work: (awake: OpenService) => Promise<T>, visitor: string | null): Promise<T> {
    if (!this.#awake && !this.#waking) this.#options.wakeRate.take(visitor)
    this.#users += 1
    const done = this.#awake ? work(this.#awake) : this.#wake().then(work)
    return done.finally(() => {
      this.#users -= 1
      if (this.#awake) this.#options.openLedgers.used(this)
    })
  }

  waitMs(visitor: string | null): number {
    return this.#awake || this.#waking ? 0 : this.#options.wakeRate.waitMs(visitor)
  }

  replicate(visitor: string | null): Promise<Duplex> {
    return this.use(async ({ service }) => this.#follow(service.ledger.replicate(false)), visitor)
  }

  /** The secret key with which the host proves to a DHT peer that it serves the ledger. */
  transportKey(visitor: string | null): Promise<Uint8Array> {
    return this.use(async ({ transportKey }) => transportKey, visitor)
  }

  /** Replicates the core with this discovery key on a shared stream. The stream ends when the service becomes dormant. */
  async serve(stream: SharedStream, discoveryKey: Uint8Array): Promise<boolean> {
    const visitor = visitorOf(stream)
    const { timers } = this.#options.ports
    await waitsToWake(timers, stream, () => (this.#ended ? 0 : this.waitMs(visitor)))
    if (stream.destroyed) return false
    return this.use(async ({ service }) => {
      this.#follow(stream)
      return service.ledger.replicateOn(stream, discoveryKey)
    }, visitor)
  }

  #follow<T extends Duplex>(stream: T): T {
    if (!this.#streams.has(stream)) {
      this.#streams.add(stream)
      stream.once('close', () => this.#streams.delete(stream))
    }
    return stream
  }

  async rest(): Promise<boolean> {
    return (await this.#awake?.service.rest()) ?? false
  }

  async sleep(): Promise<void> {
    const awake = this.#awake
    if (awake && this.idle) {
      this.#fallAsleep(awake)
      this.#options.onChange()
    }
    await this.#falling
  }

  /** Executes nothing new. Commits and answers the current group. */
  async stop(): Promise<void> {
    this.#ended = true
    this.#alarm.clear()
    await this.#waking?.catch(() => {})
    await this.#awake?.service.close()
  }

  /** Closes the ledger. No use of the service may be under way. */
  async close(): Promise<void> {
    await this.stop()
    if (this.#awake) this.#fallAsleep(this.#awake)
    await this.#falling
  }

  #fallAsleep(awake: OpenService): void {
    this.#awake = null
    this.#waking = null
    this.#falling = this.#fall(awake).catch(this.#options.onError)
  }

  #wake(): Promise<OpenService> {
    if (this.#ended) return Promise.reject(new NotServedError(this.id))
    this.#waking ??= this.#open().catch((error) => {
      this.#waking = null
      this.#options.openLedgers.left(this)
      throw error
    })
    return this.#waking
  }

  async #open(): Promise<OpenService> {
    const { dir, ports, openLedgers } = this.#options
    await this.#falling
    await openLedgers.enter(this)
    let opened: Opened | null = null
    try {
      opened = await openIfThere(dir, ports)
      if (!opened) throw new LedgerMissingError(this.id, dir)
      await removeDormantState(dir)
      this.#alarm.clear()
      const service = await startService(opened, this.#starting(opened))
      this.#awake = { service, ...secretsOf(opened.keys) }
      this.#unopened = null
      this.#dormantIsCurrent = true
      this.#options.onChange()
      return this.#awake
    } catch (error) {
      await opened?.ledger.close()
      this.#notOpened(error)
      throw error
    }
  }

  #notOpened(error: unknown): void {
    const { ports, observer, onChange } = this.#options
    const known = this.#unopened
    this.#unopened = faultOf(error, ports.now())
    if (known?.code === this.#unopened.code) return
    observer?.onFault(this.id, this.#unopened)
    onChange()
  }

  #setFault(fault: ServiceFault): void {
    this.#alarm.clear()
    this.#fault = fault
    this.#options.observer?.onFault(this.id, fault)
    this.#options.onChange()
  }

  #starting(opened: Opened): StartingOptions {
    return hostedStarting(this.#options, {
      user: this,
      storedBytes: () => opened.ledger.storedBytes,
      onFault: (fault) => this.#setFault(fault),
      onCommit: () => {
        this.#options.onChange()
        this.commits.notify()
      },
      fault: this.#fault,
      lazy: { known: this.#dormantIsCurrent ? this.#dormant : null },
      alarmsPaused: !this.#running,
    })
  }

  async #fall({ service }: OpenService): Promise<void> {
    for (const stream of this.#streams) stream.destroy()
    try {
      await service.close()
      this.#dormantIsCurrent = service.fault === null
      this.#dormant = dormantStateOf(service, this.#dormant)
      this.#options.onChange()
      await service.ledger.close()
      if (this.#dormantIsCurrent) await saveDormantState(this.#options.dir, this.#dormant)
    } finally {
      this.#options.openLedgers.left(this)
    }
    this.#alarm.set()
  }
}

/**
 * Milliseconds until the host retries to wake a service for an alarm: when other services occupy all places, and after it could not open
 * the service's ledger.
 */
const RETRY_MS = { busy: 1_000, unopened: 60_000 } as const

/** The parts of this service. */
interface HostedStart
  extends Pick<StartingOptions, 'onFault' | 'onCommit' | 'fault' | 'lazy' | 'alarmsPaused'> {
  readonly user: WorkerUser
  /** Bytes that the service has stored. */
  readonly storedBytes: () => number
}

/** How the service starts: with the shared parts of its host, and a machine only at its turn. */
function hostedStarting(
  {
    ports,
    limits,
    machines,
    warmProcess,
    onFatal,
    onConsole,
    id,
    observer,
    precheck,
    authorize,
  }: HostedOptions,
  { user, storedBytes, ...own }: HostedStart,
): StartingOptions {
  const startMachine = async (options: MachineOptions) => {
    await machines.take(user)
    try {
      const machine = await ports.startMachine(options, warmProcess)
      machines.started(user)
      return machine
    } catch (error) {
      machines.release(user)
      throw error
    }
  }
  return {
    ...own,
    ports: { ...ports, startMachine },
    limits,
    oracles: new HostOracles({ functions: {}, limits, timers: ports.timers }),
    onConsole: (line) => onConsole(id, line),
    onFatal,
    onMachineEnd: () => machines.release(user),
    work: new CpuPriority(ports.timers),
    yieldsMachine: () => machines.mustYield(user),
    precheck,
    groupCalls: () => (machines.live > 1 ? GROUP_SHARED_CALLS : GROUP_CALLS),
    authorize: (request, caller) => authorize(request, caller, storedBytes()),
    observer,
  }
}
