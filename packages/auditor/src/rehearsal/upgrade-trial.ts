/**
 * A trial of an upgrade: executes the whole recorded history from the genesis on with another script, to see which outcomes would change.
 * The trial keeps files of its own, so a difference in one call affects the calls after it. It does not compare fuel, which never agrees
 * between two scripts.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  type AlarmEntry,
  callerId,
  decodeEntry,
  decodeRequest,
  type Entry,
  type FileChange,
  type GenesisEntry,
  type Outcome,
  outcomesOf,
  requestId,
  type ScriptText,
  sameBytes,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { ScratchFiles } from '@vms/ledger'
import { Machine } from '@vms/sandbox'
import {
  begin,
  bootDue,
  type CallsEvent,
  type Event,
  Execution,
  eventOf,
  machineOptions,
  type Place,
} from '@vms/sandbox/execution'
import { compareOutcomes } from '../compare/outcomes.ts'
import { CALL_CPU_MS, CALL_WALL_MS } from '../findings/audit-limits.ts'
import { type AuditBudgets, BudgetMeter } from '../findings/budgets.ts'
import type { Finding } from '../findings/finding.ts'
import type { LedgerSource } from '../read/source.ts'
import { RecordedOracles } from '../replay/recorded-oracles.ts'

/** A changed outcome: `expected` stands in the ledger, `got` is the new script's. */
export type TrialDifference = Pick<
  Finding,
  'entry' | 'call' | 'method' | 'part' | 'path' | 'expected' | 'got'
>

export interface TrialOptions {
  readonly ledger: LedgerSource
  readonly script: Pick<ScriptText, 'name' | 'source'>
  /** Default: the budgets of an audit. */
  readonly budgets?: Partial<AuditBudgets>
  readonly onEntry?: (done: number) => void
  readonly signal?: AbortSignal
}

export interface TrialReport {
  /** Number of entries in the history, and of calls tried. */
  readonly entries: number
  readonly calls: number
  /** How many outcomes would change, and the first of them: at most {@link LISTED}. */
  readonly different: number
  readonly differences: readonly TrialDifference[]
}

/** Most differences that a report lists: with an incompatible script, every call differs. */
const LISTED = 1_000

/**
 * Checks nothing in the ledger: that is an audit's work. Rejects with {@link TrialBootError} if the script does not boot, with {@link
 * BudgetExceededError} at the end of a budget, and if no machine can run the script.
 */
export async function tryUpgrade(options: TrialOptions): Promise<TrialReport> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'vms-trial-'))
  const files = await ScratchFiles.create(path.join(directory, 'files'), { crypto })
  const trial = new Trial(options, files)
  try {
    return await trial.run()
  } finally {
    await trial.close()
    await files.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** The new script does not boot. A host would drop the upgrade and keep the script before it. */
export class TrialBootError extends Error {
  readonly code = 'ERR_VMS_SCRIPT_DOES_NOT_BOOT'
  /** Index of the boot in the history. */
  readonly entry: number
  /** The error that the top level threw, or why it was aborted. */
  readonly reason: string

  constructor(entry: number, reason: string) {
    super(`the script does not boot at entry ${entry}: ${reason}`)
    this.name = 'TrialBootError'
    this.entry = entry
    this.reason = reason
  }
}

class Trial {
  #options: TrialOptions
  #files: ScratchFiles
  #execution: Execution | null = null
  readonly #oracles = new RecordedOracles()
  #changes: FileChange[] = []
  /** Index at which the current group begins. */
  #group = 0
  #calls = 0
  #different = 0
  #differences: TrialDifference[] = []
  /** The error that the last top level threw, in the engine's words. */
  #thrown: string | null = null
  /** Fuel per call that the genesis allows. */
  #fuelPerCall = 0
  readonly #meter: BudgetMeter

  constructor(options: TrialOptions, files: ScratchFiles) {
    this.#options = options
    this.#files = files
    this.#meter = new BudgetMeter(options.budgets)
  }

  async run(): Promise<TrialReport> {
    const { ledger, onEntry, signal } = this.#options
    const meter = this.#meter
    let index = 0
    let held = 0
    for await (const block of meter.eachInTime(ledger.entries(0, ledger.head.length))) {
      signal?.throwIfAborted()
      held += block.length
      meter.holds(held)
      const entry = decodeEntry(block)
      await meter.inTime(this.#play(entry, index))
      index += 1
      if (entry.files === null) continue
      meter.writes(this.#changes)
      await this.#files.commit(this.#changes, this.#group)
      this.#execution?.committed(index - 1)
      this.#changes = []
      this.#group = index
      held = 0
      onEntry?.(index)
    }
    return {
      entries: index,
      calls: this.#calls,
      different: this.#different,
      differences: this.#differences,
    }
  }

  async close(): Promise<void> {
    await this.#execution?.close()
  }

  async #play(entry: Entry, index: number): Promise<void> {
    if (entry.type === 'genesis') {
      this.#execution = this.#begin(entry)
      return
    }
    const event = eventOf({ entry, index, ...(entry.type === 'calls' && decoded(entry.request)) })
    // The trial runs one script throughout.
    if (!event || event.kind === 'upgrade') return
    this.#oracles.expect(index, outcomesOf(entry))
    await this.#execute(event, entry)
    this.#oracles.forget(index)
  }

  async #execute(event: Event, entry: Exclude<Entry, GenesisEntry>): Promise<void> {
    if (event.kind === 'boot') return this.#boot(event)
    // The tried script may have ended an epoch where the recorded one did not.
    if (bootDue(this.#live.state, event.time)) await this.#boot(event)
    if (event.kind === 'calls') return this.#request(event, outcomesOf(entry))
    if (event.kind === 'alarm') return this.#alarm(event, entry as AlarmEntry)
    if (event.kind !== 'init') return
    const step = await this.#live.init(event)
    this.#compare(outcomesOf(entry)[0], step?.entry.outcome ?? 'no such method', {
      entry: event.position,
      method: 'init',
    })
    if (step) this.#changed(step.changes, [step.entry.outcome])
  }

  async #alarm(event: Extract<Event, { kind: 'alarm' }>, entry: AlarmEntry): Promise<void> {
    const { method, args, outcome } = entry
    const set = this.#live.state.alarms.get(event.id)
    const step = set && (await this.#live.alarm(event, this.#group))
    if (step) this.#changed(step.changes, [step.entry.outcome])
    // The host's machine could not run it, so its outcome is unknown.
    if (outcome.status === 'skipped') return
    const other = set !== null && (set.method !== method || !sameBytes(set.args, args))
    const instead = other ? `an alarm for ${set.method} with other arguments` : 'no such alarm'
    const tried = !step || other ? instead : step.entry.outcome
    this.#compare(outcome, tried, { entry: event.position, method })
  }

  async #request(event: CallsEvent, recorded: readonly Outcome[]): Promise<void> {
    const { methods } = this.#live.state.epoch
    const { calls } = event.request
    const unknown = calls.find(([method]) => !methods.has(method))
    if (unknown) {
      // A host refuses the whole request.
      const instead = `refused: no method ${JSON.stringify(unknown[0])}`
      return this.#compareAll(event, recorded, () => instead)
    }
    const { done, stop } = await this.#live.run([event], this.#group)
    const [first] = done
    if (!first) {
      const why = stop?.kind === 'refused' ? stop.message : 'no result'
      throw new Error(`entry ${event.position} cannot be run: ${why}`)
    }
    const { entry, changes } = this.#live.calls(event, first.results)
    this.#changed(changes, entry.outcomes)
    this.#compareAll(event, recorded, (call) => entry.outcomes[call] as Outcome)
  }

  #compareAll(
    { position, request }: CallsEvent,
    recorded: readonly Outcome[],
    got: (call: number) => Outcome | string,
  ): void {
    for (const [call, [method]] of request.calls.entries())
      this.#compare(recorded[call], got(call), { entry: position, call, method })
  }

  #compare(
    recorded: Outcome | undefined,
    tried: Outcome | string,
    place: { entry: number; call?: number; method: string },
  ): void {
    if (!recorded) return
    this.#calls += 1
    if (typeof tried === 'string') {
      const { status } = recorded
      this.#differs({
        call: null,
        ...place,
        part: 'status',
        path: null,
        expected: status,
        got: tried,
      })
      return
    }
    const found = compareOutcomes(recorded, { ...tried, fuel: recorded.fuel }, place)
    if (!found) return
    const { entry, call, method, part, path, expected, got } = found
    this.#differs({ entry, call, method, part, path, expected, got })
  }

  #differs(difference: TrialDifference): void {
    this.#different += 1
    if (this.#differences.length < LISTED) this.#differences.push(difference)
  }

  /** Meters the outcomes of a step and collects its changes. */
  #changed(changes: readonly FileChange[], outcomes: readonly Outcome[]): void {
    this.#meter.ran(outcomes, this.#fuelPerCall)
    for (const change of changes) this.#changes.push(change)
  }

  async #boot({ position, time }: Place): Promise<void> {
    const step = await this.#live.boot({ kind: 'boot', reason: 'restart', position, time })
    const { outcome } = step.entry
    this.#meter.ran([outcome], this.#fuelPerCall)
    if (outcome.status === 'returned') return
    const why = this.#thrown ?? outcome.error?.message ?? outcome.abort ?? outcome.status
    throw new TrialBootError(position, why)
  }

  get #live(): Execution {
    if (!this.#execution) throw new Error('the ledger does not begin with a genesis')
    return this.#execution
  }

  #begin(genesis: GenesisEntry): Execution {
    const { script: tried, ledger } = this.#options
    const script: ScriptText = { ...tried, title: genesis.script.title, declarations: '' }
    const { filesKey } = ledger.manifest
    const { callFuel, memoryMiB } = this.#meter.budgets
    const { limits } = genesis
    this.#fuelPerCall = limits.fuelPerCall
    const fuelPerCall = Math.min(limits.fuelPerCall, callFuel)
    const bounded: GenesisEntry = { ...genesis, limits: { ...limits, fuelPerCall } }
    return new Execution({
      crypto,
      ledgerKey: ledger.key,
      state: begin({ ...genesis, script }),
      startMachine: () =>
        Machine.start(
          machineOptions(
            { genesis: bounded, script, filesKey },
            {
              service: { callCpuMs: CALL_CPU_MS, callWallMs: CALL_WALL_MS, memoryMiB },
              files: this.#files,
              oracle: this.#oracles.port,
            },
          ),
        ),
      onReport: (report) => {
        this.#thrown = report
      },
    })
  }
}

const decoded = (bytes: Uint8Array) => {
  const request = decodeRequest(bytes)
  return { request, requestId: requestId(crypto, bytes), caller: callerId(request.caller) }
}
