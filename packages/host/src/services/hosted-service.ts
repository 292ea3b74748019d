/**
 * A service among many. Asleep it is a directory and a few fields here; whoever needs it wakes it: then its ledger is open,
 * and with the first call it has a machine. It falls asleep when nobody has used it for a while.
 *
 *   asleep → (use) → awake, no machine → (call) → awake, machine → (idle) → asleep
 *
 * A crash while it is awake loses nothing: the ledger is what counts, and it is opened by whoever needs it next.
 */
import type { Duplex } from 'node:stream'
import type { SignedHead } from '@vms/format'
import type { SharedStream } from '@vms/ledger'
import type { MachineOptions } from '@vms/sandbox'
import { Commits } from '../commits.ts'
import { HostError } from '../errors.ts'
import { GROUP_CALLS, GROUP_SHARED_CALLS } from '../limits.ts'
import { openIfThere } from '../opening.ts'
import { HostOracles } from '../oracles.ts'
import type { Served } from '../server.ts'
import { type StartingOptions, startService } from '../starting.ts'
import { type Awake, secretsOf } from './awake.ts'
import type { HostedOptions } from './hosted-options.ts'
import type { MachineUser } from './machines.ts'
import { endNap, type Nap, saveNap } from './nap.ts'
import { visitorOf, waitsToWake } from './visitor.ts'
import { WakeTimer } from './wake-timer.ts'
import type { Sleeper } from './wakefulness.ts'
import { Weight } from './weight.ts'

export class HostedService implements Served, MachineUser, Sleeper {
  readonly id: string
  readonly requestBytes: number
  #options: HostedOptions
  #nap: Nap
  #running: boolean
  #alarm: WakeTimer
  #awake: Awake | null = null
  #waking: Promise<Awake> | null = null
  #falling: Promise<void> = Promise.resolve()
  #users = 0
  #streams = new Set<Duplex>()
  readonly commits = new Commits()
  #ended = false

  constructor(options: HostedOptions) {
    this.#options = options
    this.id = options.id
    this.requestBytes = options.requestBytes
    // What was not asleep may have alarms that are due.
    this.#nap = options.nap ?? { ...options.known, nextAlarm: 0 }
    this.#running = options.running
    const sleeps = (): boolean => !this.#awake && !this.#ended && this.#running
    this.#alarm = new WakeTimer({
      now: options.ports.now,
      due: () => (sleeps() ? this.#nap.nextAlarm : null),
      wake: () => this.use(async () => {}, null),
      onError: options.onError,
    })
    this.#alarm.set()
  }

  /** Entries of the ledger, as far as is known: the last that was seen, while it sleeps. */
  get length(): number {
    return this.#awake?.service.ledger.length ?? this.#nap.length
  }

  get methods(): readonly string[] {
    return this.#awake ? [...this.#awake.service.methods] : this.#nap.methods
  }

  get awake(): boolean {
    return this.#awake !== null
  }

  /** Requests that wait to be executed. */
  get queued(): number {
    return this.#awake?.service.state.queued ?? 0
  }

  get idle(): boolean {
    return this.#users === 0
  }

  get followed(): boolean {
    return this.#streams.size > 0
  }

  /** Whether it takes calls and fires alarms; the calls are its gate's to refuse. */
  set running(running: boolean) {
    this.#running = running
    const service = this.#awake?.service
    if (running) service?.open(true)
    else service?.hush()
    this.#alarm.set()
  }

  /**
   * From now on nothing is executed, until `running` is set. Resolves with the head once what was being executed is durable.
   * A machine that works on after `graceMs` is ended.
   */
  async halt(graceMs: number): Promise<SignedHead> {
    this.running = false
    return this.use(({ service }) => service.halt(graceMs), null)
  }

  /**
   * Keeps the service awake while `work` runs. `visitor`: who wants that; null is the host itself. Rejects with
   * {@link WakingsError} if it sleeps, and the visitor has woken too many.
   */
  async use<T>(work: (awake: Awake) => Promise<T>, visitor: string | null): Promise<T> {
    if (!this.#awake && !this.#waking) this.#options.wakings.take(visitor)
    this.#users += 1
    const done = this.#awake ? work(this.#awake) : this.#wake().then(work)
    return done.finally(() => {
      this.#users -= 1
      if (this.#awake) this.#options.wakefulness.used(this)
    })
  }

  waitMs(visitor: string | null): number {
    return this.#awake || this.#waking ? 0 : this.#options.wakings.waitMs(visitor)
  }

  replicate(visitor: string | null): Promise<Duplex> {
    return this.use(async ({ service }) => this.#follow(service.ledger.replicate(false)), visitor)
  }

  /** What proves over the DHT that it is served here. */
  transportKey(visitor: string | null): Promise<Uint8Array> {
    return this.use(async ({ transportKey }) => transportKey, visitor)
  }

  /** Serves its core with this discovery key on a connection that others share, and that ends when it falls asleep. */
  async serve(stream: SharedStream, discoveryKey: Uint8Array): Promise<boolean> {
    const visitor = visitorOf(stream)
    await waitsToWake(stream, () => (this.#ended ? 0 : this.waitMs(visitor)))
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
      this.#awake = null
      this.#waking = null
      this.#options.onChange()
      this.#falling = this.#fall(awake)
    }
    await this.#falling
  }

  /** From now on nothing new is executed; what is being executed is committed and answered. */
  async stop(): Promise<void> {
    this.#ended = true
    this.#alarm.clear()
    await this.#waking?.catch(() => {})
    await this.#awake?.service.close()
  }

  /** Closes what is open. Whoever uses it is to be gone by then. */
  async close(): Promise<void> {
    await this.stop()
    const awake = this.#awake
    this.#awake = null
    if (awake) this.#falling = this.#fall(awake)
    await this.#falling
  }

  #wake(): Promise<Awake> {
    if (this.#ended) return Promise.reject(ended(this.id))
    this.#waking ??= this.#open().catch((error) => {
      this.#waking = null
      this.#options.wakefulness.left(this)
      throw error
    })
    return this.#waking
  }

  async #open(): Promise<Awake> {
    const { dir, ports, wakefulness } = this.#options
    await this.#falling
    await wakefulness.enter(this)
    const opened = await openIfThere(dir, ports)
    if (!opened) {
      throw new HostError('ERR_VMS_LEDGER_MISSING', `the ledger of ${this.id} is not in ${dir}`, {
        hint: 'restore the directory from a backup, or remove the service',
      })
    }
    try {
      await endNap(dir)
      this.#alarm.clear()
      const service = await startService(
        opened,
        this.#starting(() => opened.ledger.storedBytes),
      )
      this.#awake = { service, ...secretsOf(opened.keys) }
      this.#options.onChange()
      return this.#awake
    } catch (error) {
      await opened.ledger.close()
      throw error
    }
  }

  #starting(storedBytes: () => number): StartingOptions {
    const { ports, limits, machines, spare, onFatal, onConsole, id, observer } = this.#options
    const { glance, gate, onChange } = this.#options
    const startMachine = async (options: MachineOptions) => {
      await machines.take(this)
      try {
        const machine = await ports.startMachine(options, spare)
        machines.started(this)
        return machine
      } catch (error) {
        machines.release(this)
        throw error
      }
    }
    return {
      ports: { ...ports, startMachine },
      limits,
      oracles: new HostOracles({ functions: {}, limits }),
      onConsole: (line) => onConsole(id, line),
      onFatal,
      onCommit: () => {
        onChange()
        this.commits.tell()
      },
      onMachineEnd: () => machines.release(this),
      work: new Weight(),
      yieldsMachine: () => machines.mustYield(this),
      glance,
      groupCalls: () => (machines.live > 1 ? GROUP_SHARED_CALLS : GROUP_CALLS),
      gate: (request, caller) => gate(request, caller, storedBytes()),
      lazy: { known: this.#nap },
      hushed: !this.#running,
      observer,
    }
  }

  async #fall({ service }: Awake): Promise<void> {
    for (const stream of this.#streams) stream.destroy()
    try {
      await service.close()
      const { nextAlarm, methods, ledger } = service
      this.#nap = { length: ledger.length, methods: [...methods], nextAlarm }
      this.#options.onChange()
      await service.ledger.close()
      await saveNap(this.#options.dir, this.#nap)
    } finally {
      this.#options.wakefulness.left(this)
    }
    this.#alarm.set()
  }
}

const ended = (id: string): HostError =>
  new HostError('ERR_VMS_CLOSING', `${id} is not served any more`)
