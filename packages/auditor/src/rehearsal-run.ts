/** One run of a rehearsal: a machine of its own, files in memory, one call after the other, each traced. */
import { type Crypto, callSeed, encodeValue, entrySeed, type Value } from '@vms/format'
import { guestCodec } from '@vms/format/guest'
import { sodiumCrypto } from '@vms/format/sodium'
import {
  type BootReport,
  type CallResult,
  Machine,
  type MachineOptions,
  MemoryFiles,
  type OraclePort,
  RefusedError,
  type TraceStep,
} from '@vms/sandbox'
import type { RecordedUse, RehearsalCall } from './rehearsal-call.ts'

/** What came of one call. */
export interface Performed {
  readonly result: CallResult
  readonly steps: readonly TraceStep[]
}

export interface RehearsedRun {
  /** Null if the machine refused already then. */
  readonly boot: BootReport | null
  /** Of init; null if the script has none. */
  readonly init: Performed | null
  /** The calls that there were, and one result for each until the machine refused. */
  readonly calls: readonly RehearsalCall[]
  readonly results: readonly Performed[]
  /** Names of methods that calls asked for and the script lacks. */
  readonly unknown: readonly string[]
  /** What the machine said when it ran into a backstop; null if it did not. */
  readonly refused: string | null
}

export interface RunOptions {
  readonly machine: Pick<
    MachineOptions,
    'limits' | 'service' | 'execArgv' | 'env' | 'childModule'
  > & {
    readonly script: { readonly name: string; readonly source: string }
  }
  readonly time: number
  readonly plan: (methods: readonly string[]) => readonly RehearsalCall[]
  readonly signal?: AbortSignal | undefined
}

const crypto: Crypto = sodiumCrypto

/** There is no ledger; its key only goes into seeds. */
const NO_KEY = new Uint8Array(32)

export async function perform({
  machine: how,
  time,
  plan,
  signal,
}: RunOptions): Promise<RehearsedRun> {
  const run = new Run()
  const { script, ...options } = how
  const machine = await Machine.start({
    ...options,
    script: script.source,
    name: script.name,
    codec: guestCodec,
    files: run.files,
    info: { title: script.name, key: '' },
    oracle: run.oracle,
    trace: run.trace,
  })
  try {
    return await run.all(machine, time, plan, signal)
  } finally {
    await machine.close()
  }
}

class Run {
  readonly files = new MemoryFiles()
  #steps: TraceStep[] = []
  #uses: RecordedUse[] = []
  #position = 0

  readonly trace = (step: TraceStep): void => {
    this.#steps.push(step)
  }

  /** Answers as it was recorded, as long as the same is asked. */
  readonly oracle: OraclePort = async (name) => {
    const use = this.#uses.shift()
    if (use?.name !== name) {
      const message = `a rehearsal has no answer of the oracle ${JSON.stringify(name)}`
      return { error: { name: 'Error', message, code: 'ERR_VMS_ORACLE_UNKNOWN' } }
    }
    return use.error ? { error: use.error } : { value: use.value as Uint8Array }
  }

  async all(
    machine: Machine,
    time: number,
    plan: RunOptions['plan'],
    signal: AbortSignal | undefined,
  ): Promise<RehearsedRun> {
    const results: Performed[] = []
    let known: RehearsedRun = {
      boot: null,
      init: null,
      calls: [],
      results,
      unknown: [],
      refused: null,
    }
    try {
      const boot = await this.#boot(machine, time)
      known = { ...known, boot }
      if (boot.outcome.status !== 'returned') return known
      const planned = plan(boot.methods)
      const calls = planned.filter(({ method }) => boot.methods.includes(method))
      const strange = planned.filter((call) => !calls.includes(call)).map(({ method }) => method)
      known = { ...known, calls, unknown: [...new Set(strange)] }
      known = { ...known, init: await this.#init(machine, time) }
      for (const call of calls) {
        signal?.throwIfAborted()
        // An abort takes the isolate away.
        if (results.at(-1)?.result.status === 'aborted') await this.#boot(machine, call.time)
        const refused = await this.#call(machine, call, results)
        if (refused !== null) return { ...known, refused }
      }
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      return { ...known, refused: error.message }
    }
    return known
  }

  #boot(machine: Machine, time: number): Promise<BootReport> {
    const position = this.#next()
    return machine.boot({ time, position, seed: entrySeed(crypto, NO_KEY, 'boot', position) })
  }

  async #init(machine: Machine, time: number): Promise<Performed | null> {
    const position = this.#next()
    const seed = entrySeed(crypto, NO_KEY, 'init', position)
    const result = await machine.init({ time, position, seed })
    return result === null ? null : this.#performed(machine, result)
  }

  /** What the machine said if it refused; null if there is a result. */
  async #call(machine: Machine, call: RehearsalCall, results: Performed[]): Promise<string | null> {
    const { method, args, caller, time, oracles = [] } = call
    const position = this.#next()
    const seed = call.seed ?? callSeed(crypto, NO_KEY, NO_KEY, position)
    this.#uses = [...oracles]
    const { done, stop } = await machine.run([
      { position, time, caller, calls: [{ method, args: encodeValue(args as Value), seed }] },
    ])
    const result = done[0]?.results[0]
    if (result) {
      results.push(this.#performed(machine, result))
      return null
    }
    return stop?.kind === 'refused' ? stop.message : 'it gave no result'
  }

  #performed(machine: Machine, result: CallResult): Performed {
    this.files.commit(result.changes, this.#position)
    machine.committed(this.#position)
    return { result, steps: this.#steps }
  }

  #next(): number {
    this.#steps = []
    this.#position += 1
    return this.#position
  }
}
