/** One run of a rehearsal: a machine of its own, files in memory, one call after the other, each traced. */
import {
  encodeValue,
  type FileChange,
  MACHINE_LIMITS,
  type Outcome,
  type ScriptText,
  type Value,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import {
  currentSemantics,
  Machine,
  type MachineOptions,
  MemoryFiles,
  type OraclePort,
  RefusedError,
  type TraceStep,
} from '@vms/sandbox'
import {
  begin,
  bootDue,
  type CallsEvent,
  Execution,
  machineOptions,
  type Place,
} from '@vms/sandbox/execution'
import type { RecordedUse, RehearsalCall } from './rehearsal-call.ts'

/** The outcome of the top level. */
export interface RehearsedBoot {
  readonly outcome: Outcome
  readonly methods: readonly string[]
  readonly hasInit: boolean
  /** The engine's text of the error that the call threw; null if it threw none. */
  readonly report: string | null
}

/** The result of one call. */
export interface Performed {
  readonly outcome: Outcome
  readonly steps: readonly TraceStep[]
}

export interface RehearsedRun {
  /** Null if the machine refused even the boot. */
  readonly boot: RehearsedBoot | null
  /** Result of init; null if the script has none. */
  readonly init: Performed | null
  /** The planned calls, and one result for each call until the machine refused. */
  readonly calls: readonly RehearsalCall[]
  readonly results: readonly Performed[]
  /** Names of requested methods that the script lacks. */
  readonly unknown: readonly string[]
  /** The machine's message when it ran into a backstop; null if it did not. */
  readonly refused: string | null
}

export interface RunOptions {
  readonly script: { readonly name: string; readonly source: string }
  readonly ledgerKey: Uint8Array
  /** Further options of the machine. */
  readonly machine: Pick<MachineOptions, 'service' | 'execArgv' | 'env' | 'childModule'>
  readonly time: number
  readonly plan: (methods: readonly string[]) => readonly RehearsalCall[]
  readonly signal?: AbortSignal | undefined
}

export async function perform(options: RunOptions): Promise<RehearsedRun> {
  const run = new Run(options)
  try {
    return await run.all()
  } finally {
    await run.close()
  }
}

/** A rehearsal is one epoch, unless a call aborts. */
const settingsOf = (script: ScriptText) => ({
  script,
  epochCalls: Number.POSITIVE_INFINITY,
  epochBytes: Number.POSITIVE_INFINITY,
  epochFuel: Number.POSITIVE_INFINITY,
  upgrade: { callers: [], delayMs: 0 },
})

class Run {
  readonly #options: RunOptions
  readonly #files = new MemoryFiles()
  readonly #execution: Execution
  #steps: TraceStep[] = []
  #uses: RecordedUse[] = []
  #position = 0
  /** The error that the last top level threw, in the engine's words. */
  #thrown: string | null = null

  constructor(options: RunOptions) {
    const { ledgerKey } = options
    const script: ScriptText = { ...options.script, title: options.script.name, declarations: '' }
    this.#options = options
    this.#execution = new Execution({
      crypto: sodiumCrypto,
      ledgerKey,
      state: begin(settingsOf(script)),
      startMachine: () => this.#startMachine(script),
      onReport: (report) => {
        this.#thrown = report
      },
    })
  }

  close(): Promise<void> {
    return this.#execution.close()
  }

  async all(): Promise<RehearsedRun> {
    const { time, plan, signal } = this.#options
    const results: Performed[] = []
    const nothing = { boot: null, init: null, calls: [], results, unknown: [], refused: null }
    let known: RehearsedRun = nothing
    try {
      const boot = await this.#boot(time)
      known = { ...known, boot }
      if (boot.outcome.status !== 'returned') return known
      const planned = plan(boot.methods)
      const calls = planned.filter(({ method }) => boot.methods.includes(method))
      const strange = planned.filter((call) => !calls.includes(call)).map(({ method }) => method)
      known = { ...known, calls, unknown: [...new Set(strange)] }
      const init = await this.#init(time)
      known = { ...known, init }
      // A deployment whose init fails makes no service, so nobody calls it.
      if (init && init.outcome.status !== 'returned') return known
      for (const call of calls) {
        signal?.throwIfAborted()
        if (bootDue(this.#execution.state, call.time)) await this.#boot(call.time)
        const refused = await this.#call(call, results)
        if (refused !== null) return { ...known, refused }
      }
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      return { ...known, refused: error.message }
    }
    return known
  }

  async #boot(time: number): Promise<RehearsedBoot> {
    const reason = bootDue(this.#execution.state, time) ?? 'start'
    this.#thrown = null
    const { entry } = await this.#execution.boot({ kind: 'boot', reason, ...this.#next(time) })
    const { outcome, methods } = entry
    const { initDue: hasInit } = this.#execution.state.epoch
    return { outcome, methods, hasInit, report: this.#thrown }
  }

  async #init(time: number): Promise<Performed | null> {
    const step = await this.#execution.init({ kind: 'init', ...this.#next(time) })
    return step && this.#performed(step.entry.outcome, step.changes)
  }

  /** The machine's message if it refused the call; null if there is a result. */
  async #call(call: RehearsalCall, results: Performed[]): Promise<string | null> {
    const event = this.#event(call)
    this.#uses = [...(call.oracles ?? [])]
    const { done, stop } = await this.#execution.run([event], event.position)
    const [first] = done
    if (!first) return stop?.kind === 'refused' ? stop.message : 'it gave no result'
    const { entry, changes } = this.#execution.calls(event, first.results)
    for (const outcome of entry.outcomes) results.push(this.#performed(outcome, changes))
    return null
  }

  #event({ method, args, caller, time, recorded }: RehearsalCall): CallsEvent {
    const place = this.#next(time)
    const { requestId, call } = recorded ?? { requestId: NO_REQUEST, call: place.position }
    const request = {
      bytes: new Uint8Array(),
      signature: null,
      requestId,
      caller,
      calls: [[method, encodeValue(args as Value)]] as [string, Uint8Array][],
      firstCall: call,
    }
    return { kind: 'calls', request, ...place }
  }

  #performed(outcome: Outcome, changes: readonly FileChange[]): Performed {
    this.#files.commit(changes, this.#position)
    this.#execution.committed(this.#position)
    return { outcome, steps: this.#steps }
  }

  #next(time: number): Place {
    this.#steps = []
    this.#position += 1
    return { position: this.#position, time }
  }

  /** Gives the recorded answers while the script asks the recorded questions. */
  readonly #oracle: OraclePort = async (name) => {
    const use = this.#uses.shift()
    if (use?.name !== name) {
      const message = `a rehearsal has no answer of the oracle ${JSON.stringify(name)}`
      return { error: { name: 'Error', message, code: 'ERR_VMS_ORACLE_UNKNOWN' } }
    }
    return use.error ? { error: use.error } : { value: use.value as Uint8Array }
  }

  #startMachine(script: ScriptText): Promise<Machine> {
    const genesis = { limits: MACHINE_LIMITS, semantics: currentSemantics }
    const own = {
      ...this.#options.machine,
      files: this.#files,
      oracle: this.#oracle,
      trace: (step: TraceStep) => {
        this.#steps.push(step)
      },
    }
    return Machine.start(machineOptions({ genesis, script, filesKey: null }, own))
  }
}

/** The request id of a call that was never recorded: 32 zeros, so that its number alone determines its randomness. */
const NO_REQUEST = new Uint8Array(32)
