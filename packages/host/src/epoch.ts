/**
 * Epochs: keeps one machine, boots it when a fresh one is due, and says in a boot entry why.
 *
 * An epoch begins with the service, at every restart of the host, after an abort, after a refusal that cost the machine,
 * and when the calls that the genesis allows an epoch are used up. Memory of the script lasts for one epoch.
 */
import {
  type BootEntry,
  type Crypto,
  callsExecuted,
  canServe,
  entrySeed,
  type GenesisEntry,
  type ScriptText,
  toOutcome,
} from '@vms/format'
import {
  type CallResult,
  type Machine,
  type MachineAlarm,
  type MachineCall,
  type MachineRequest,
  type RunReport,
  SandboxError,
} from '@vms/sandbox'
import type { EntryClock } from './clock.ts'
import type { ScriptTrail } from './script-trail.ts'

/** Told when a machine works, so that one that works for long can be made to give way. */
export interface WorkWatch {
  begin(machine: Pick<Machine, 'pid'>): void
  end(): void
}

/** Starts a machine for the script; a port, so that a test can hand in one that lies. */
export type StartMachine = (script: ScriptText) => Promise<Machine>

export class Epoch {
  #start: StartMachine
  #crypto: Crypto
  #ledgerKey: Uint8Array
  #genesis: GenesisEntry
  #trail: ScriptTrail
  #clock: EntryClock
  #machine: Machine | null = null
  #due: BootEntry['reason'] | null
  #calls = 0
  #onReport: ((report: string) => void) | undefined
  #onMachineEnd: (() => void) | undefined
  #work: WorkWatch | undefined
  /** Whether the last run found its machine dead. */
  #lost = false
  #executing: readonly MachineRequest[] = []
  methods: ReadonlySet<string> = new Set()

  constructor(options: {
    start: StartMachine
    crypto: Crypto
    ledgerKey: Uint8Array
    genesis: GenesisEntry
    trail: ScriptTrail
    clock: EntryClock
    reason: 'start' | 'restart'
    /** Told what a script's top level threw, as the engine knows it, and why an alarm cost a machine; the ledger keeps less. */
    onReport?: (report: string) => void
    /** Told once for each machine that was started, when its process has ended. */
    onMachineEnd?: () => void
    work?: WorkWatch
  }) {
    this.#start = options.start
    this.#crypto = options.crypto
    this.#ledgerKey = options.ledgerKey
    this.#genesis = options.genesis
    this.#trail = options.trail
    this.#clock = options.clock
    this.#due = options.reason
    this.#onReport = options.onReport
    this.#onMachineEnd = options.onMachineEnd
    this.#work = options.work
  }

  /** Calls that may still be executed before a fresh machine is due; 0 if one is due. */
  get callsLeft(): number {
    return this.#due === null ? Math.max(0, this.#genesis.epochCalls - this.#calls) : 0
  }

  /** Whether a boot entry has to come before the next call. */
  get bootDue(): boolean {
    return this.#due !== null || this.#calls >= this.#genesis.epochCalls
  }

  /**
   * Boots a fresh machine at `position` and returns the entry that records it: of the script that is due at that time, if one is.
   * Rejects if the machine was lost to a backstop.
   */
  async boot(position: number): Promise<BootEntry> {
    const time = this.#clock.tick()
    const upgrading = this.#trail.isDue(time)
    if (upgrading) await this.discard('restart')
    const reason = upgrading ? 'upgrade' : (this.#due ?? 'epoch')
    this.#machine ??= await this.#start(this.#trail.scriptAt(time))
    let boot: Awaited<ReturnType<Machine['boot']>>
    try {
      const seed = entrySeed(this.#crypto, this.#ledgerKey, 'boot', position)
      boot = await this.#watched((machine) => machine.boot({ time, position, seed }))
    } catch (error) {
      await this.discard('refusal')
      throw error
    }
    // A top level that failed this time may not the next: it is tried again before anything runs.
    this.#due = boot.outcome.status === 'returned' ? null : 'restart'
    this.#calls = 0
    this.methods = new Set(boot.methods)
    if (boot.report !== null) this.#onReport?.(boot.report)
    // A script that cannot be served is dropped, and the one before it boots again.
    if (upgrading && !canServe(boot)) await this.discard('restart')
    return {
      type: 'boot',
      reason,
      time,
      engine: boot.engine,
      scriptHash: boot.scriptHash,
      outcome: toOutcome(this.#crypto, boot.outcome),
      methods: boot.methods,
      root: null,
      files: null,
    }
  }

  /** Runs `exports.init` at `position`; null if the script has none. */
  async init(position: number, time: number): Promise<Awaited<ReturnType<Machine['init']>>> {
    return this.#live.init({
      time,
      position,
      seed: entrySeed(this.#crypto, this.#ledgerKey, 'init', position),
    })
  }

  /**
   * Runs requests in order, and notes whether a fresh machine is due after them. Nothing done and no stop: the machine had
   * been lost before, and they may run on the next.
   */
  async run(requests: MachineRequest[]): Promise<RunReport> {
    let result: RunReport
    this.#executing = requests
    try {
      result = await this.#watched((machine) => machine.run(requests))
      this.#lost = false
    } catch (error) {
      const { message } = error as Error
      this.#lost = isDead(error) && !this.#lost
      if (this.#lost) {
        // Its process was ended from outside while it had nothing to do. If the next is lost as well, there is more to it.
        await this.discard('refusal')
        return { done: [], stop: null }
      }
      // The machine could not even say what happened, for example because a file could not be read for it.
      result = { done: [], stop: { kind: 'refused', reason: 'crash', message, certain: false } }
    } finally {
      this.#executing = []
    }
    for (const { results } of result.done) this.#calls += callsExecuted(results)
    if (result.stop?.kind === 'abort') this.#due = 'abort'
    if (result.stop?.kind === 'refused') await this.discard('refusal')
    return result
  }

  /** The call that is being executed at a place in the ledger, for whom it asks something of. */
  runningCall(position: number, call: number): MachineCall | null {
    const request = this.#executing.find((candidate) => candidate.position === position)
    return request?.calls[call] ?? null
  }

  /** Fires an alarm. Null if that cost the machine: it has left nothing. */
  async alarm(alarm: MachineAlarm, group: number): Promise<CallResult | null> {
    let result: CallResult
    try {
      result = await this.#watched((machine) => machine.alarm(alarm, group))
    } catch (error) {
      this.#onReport?.(`the alarm ${alarm.id} was not run: ${(error as Error).message}`)
      await this.discard('refusal')
      return null
    }
    this.#calls += callsExecuted([result])
    if (result.status === 'aborted') this.#due = 'abort'
    return result
  }

  /** Tells the machine that the files of everything up to `position` can be read from the archive. */
  committed(position: number): void {
    this.#machine?.committed(position)
  }

  /** Ends the machine's process; the next call begins with a fresh one. */
  async discard(reason: BootEntry['reason']): Promise<void> {
    this.#due = reason
    await this.close()
  }

  /** Whether a machine's process is there. */
  get live(): boolean {
    return this.#machine !== null
  }

  async #watched<T>(work: (machine: Machine) => Promise<T>): Promise<T> {
    const machine = this.#live
    this.#work?.begin(machine)
    try {
      return await work(machine)
    } finally {
      this.#work?.end()
    }
  }

  get #live(): Machine {
    if (!this.#machine) throw new Error('the machine is asked to run before it has booted')
    return this.#machine
  }

  async close(): Promise<void> {
    const machine = this.#machine
    this.#machine = null
    if (!machine) return
    await machine.close()
    this.#onMachineEnd?.()
  }
}

const isDead = (error: unknown): boolean =>
  error instanceof SandboxError && error.code === 'ERR_VMS_MACHINE_DEAD'
