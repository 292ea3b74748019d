/**
 * An execution: a state, and the machine that produces its answers. Host, audit, trial and rehearsal each drive one. They differ in the
 * source of the events and in the use of the entries.
 */
import {
  type AlarmEntry,
  type BootEntry,
  type CallsEntry,
  type InitEntry,
  type ScriptText,
  scriptAt,
} from '@vms/format'
import { SandboxError } from '../protocol/errors.ts'
import type { CallResult, RunReport } from '../protocol/types.ts'
import { alarmOf, type Derivation, momentOf, requestOf } from './commands.ts'
import type { AlarmEvent, BootEvent, CallsEvent, Event, InitEvent, UpgradeEvent } from './event.ts'
import type { MachinePort } from './machine-port.ts'
import { type BootReason, type ExecutionState, withoutMachine } from './state.ts'
import {
  applyAlarm,
  applyBoot,
  applyCalls,
  applyInit,
  applyUpgrade,
  type ExecutedEntry,
  type Step,
} from './transition.ts'

/** Called when a machine begins and ends work, so that the host can lower the priority of a machine that works for long. */
export interface WorkWatch {
  begin(machine: Pick<MachinePort, 'pid'>): void
  end(): void
}

export interface ExecutionOptions extends Derivation {
  readonly state: ExecutionState
  readonly startMachine: (script: ScriptText) => Promise<MachinePort>
  /** Called with the engine's full report of an error that the script's top level threw. The ledger keeps less of it. */
  readonly onReport?: ((report: string) => void) | undefined
  /** Called once for each started machine, when its process has ended. */
  readonly onMachineEnd?: (() => void) | undefined
  readonly work?: WorkWatch | undefined
}

/** If a method rejects, the state stays as before. The methods reject with the errors of {@link Machine}. */
export class Execution {
  readonly #options: ExecutionOptions
  #state: ExecutionState
  #machine: MachinePort | null = null
  /** The script of `#machine`. */
  #script: ScriptText | null = null

  constructor(options: ExecutionOptions) {
    this.#options = options
    this.#state = options.state
  }

  get state(): ExecutionState {
    return this.#state
  }

  /** Whether there is a machine. */
  get live(): boolean {
    return this.#machine !== null
  }

  /** Boots the script that is due, on a machine that has run no other script. */
  async boot(event: BootEvent): Promise<Step<BootEntry>> {
    const { crypto, startMachine, onReport } = this.#options
    const script = scriptAt(this.#state.scripts, event.time)
    if (this.#script !== script) await this.close()
    this.#machine ??= await startMachine(script)
    this.#script = script
    const report = await this.#watched((machine) => machine.boot(momentOf(this.#options, event)))
    if (!this.#machine) throw new SandboxError('ERR_VMS_MACHINE_DEAD', 'the machine was closed')
    if (report.report !== null) onReport?.(report.report)
    return this.#to(applyBoot(crypto, this.#state, event, report))
  }

  /** Null if the script has no init. */
  async init(event: InitEvent): Promise<Step<InitEntry> | null> {
    const result = await this.#watched((machine) => machine.init(momentOf(this.#options, event)))
    return result && this.#to(applyInit(this.#options.crypto, this.#state, event, result))
  }

  /** `group`: index at which the entry's group begins. */
  async alarm(event: AlarmEvent, group: number): Promise<Step<AlarmEntry>> {
    const alarm = alarmOf(this.#options, this.#state, event)
    const result = await this.#watched((machine) => machine.alarm(alarm, group))
    return this.#to(applyAlarm(this.#options.crypto, this.#state, event, result))
  }

  upgrade(event: UpgradeEvent): Step<CallsEntry> {
    return this.#to(applyUpgrade(this.#options.crypto, this.#state, event))
  }

  /** Lets the machine run requests in order. {@link calls} then takes the results, request by request. */
  run(events: readonly CallsEvent[], group: number): Promise<RunReport> {
    const requests = events.map((event) => requestOf(this.#options, event))
    return this.#watched((machine) => machine.run(requests, group))
  }

  /** Takes the results of the next request of a run. */
  calls(event: CallsEvent, results: readonly CallResult[]): Step<CallsEntry> {
    return this.#to(applyCalls(this.#options.crypto, this.#state, event, results))
  }

  /** Executes any event other than a request of calls. Returns null for an init if the script has none. */
  async single(event: Exclude<Event, CallsEvent>, group: number): Promise<Step | null> {
    switch (event.kind) {
      case 'boot':
        return this.boot(event)
      case 'init':
        return this.init(event)
      case 'alarm':
        return this.alarm(event, group)
      case 'upgrade':
        return this.upgrade(event)
      default:
        return event satisfies never
    }
  }

  /** Reports to the machine that the archive can serve the files of all entries up to `position`. */
  committed(position: number): void {
    this.#machine?.committed(position)
  }

  /** Ends the machine's process. The next entry must be a boot for this reason. */
  async discard(reason: BootReason): Promise<void> {
    this.#state = withoutMachine(this.#state, reason)
    await this.close()
  }

  async close(): Promise<void> {
    const machine = this.#machine
    this.#machine = null
    if (!machine) return
    await machine.close()
    this.#options.onMachineEnd?.()
  }

  #to<E extends ExecutedEntry>(step: Step<E>): Step<E> {
    this.#state = step.state
    return step
  }

  async #watched<T>(work: (machine: MachinePort) => Promise<T>): Promise<T> {
    const machine = this.#machine
    if (!machine) throw new Error('a machine has to boot before it runs anything')
    const { work: watch } = this.#options
    watch?.begin(machine)
    try {
      return await work(machine)
    } finally {
      watch?.end()
    }
  }
}
