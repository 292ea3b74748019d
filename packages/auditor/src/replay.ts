/**
 * The replay: runs the script on the recorded requests, with a machine and files of the auditor's own, and stops at the
 * first thing that comes out differently.
 */
import {
  type BootEntry,
  type CallsEntry,
  type Crypto,
  callSeed,
  encodeValue,
  entrySeed,
  type FileChange,
  type FilesHead,
  type GenesisEntry,
  type Outcome,
  type ScriptText,
  toOutcome,
  type Value,
} from '@vms/format'
import type { CheckedEntry, UpgradeStep } from '@vms/format/structure'
import { BudgetExceededError } from '@vms/ledger'
import {
  type BootReport,
  type CallResult,
  type Machine,
  type MachineRequest,
  type OraclePort,
  type RunReport,
  SandboxError,
} from '@vms/sandbox'
import { Alarms } from './alarms.ts'
import { compareBoots } from './boots.ts'
import { budgetFinding, type Spending } from './budgets.ts'
import { compareValues } from './compare.ts'
import type { Divergence, Engine } from './divergence.ts'
import { type Finding, finding } from './finding.ts'
import { compareOutcomes } from './outcomes.ts'
import { RecordedOracles } from './recorded-oracles.ts'
import {
  playAlarm,
  playInit,
  playUpgrade,
  type Results,
  type Stage,
  type Unlike,
} from './replay-steps.ts'

export interface ReplayFiles {
  /** Applies the changes of the group that starts at entry `start` and returns the files head after it. */
  commit(changes: readonly FileChange[], start: number): Promise<FilesHead>
}

export interface ReplayOptions {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  readonly files: ReplayFiles
  readonly spending: Spending
  readonly startMachine: (
    genesis: GenesisEntry,
    script: ScriptText,
    oracle: OraclePort,
  ) => Promise<Machine>
}

/** Most requests between two comparisons: the auditor should not run many requests after a lie. */
const SLICE_REQUESTS = 64

/** Units of fuel of a slice, by the ledger's word, which the comparison of the slice before has borne out. */
const SLICE_FUEL = 10 ** 9

/** The first requests of a run: at least one. */
function affordable(run: readonly CheckedEntry[]): readonly CheckedEntry[] {
  let fuel = 0
  const end = run.findIndex(({ entry }, i) => {
    fuel += (entry as CallsEntry).outcomes.reduce((sum, outcome) => sum + outcome.fuel, 0)
    return i > 0 && (i >= SLICE_REQUESTS || fuel > SLICE_FUEL)
  })
  return end === -1 ? run : run.slice(0, end)
}

const bytesOf = (changes: readonly FileChange[]): number =>
  changes.reduce((sum, change) => sum + ('data' in change ? change.data.length : 0), 0)

/** Whether calls of the script run: those of an upgrade are nobody's. */
const runsCalls = ({ entry, upgrade }: CheckedEntry): boolean =>
  entry.type === 'calls' && upgrade === undefined

export class Replay {
  #options: ReplayOptions
  #machine: Machine | null = null
  #genesis: GenesisEntry | null = null
  /** The one that is in effect. */
  #script: ScriptText | null = null
  #settling: Promise<Divergence | null> = Promise.resolve(null)
  readonly #oracles = new RecordedOracles()
  readonly alarms = new Alarms()
  /** The engine of this auditor, once booted. */
  engine: Engine | null = null
  /** The engine that the newest replayed boot entry names. */
  #recordedOn: Engine | null = null
  /** Whether the script has an init that was not replayed yet. */
  #initDue = false
  epochs = 0
  /** The files after the last group that was compared. */
  filesHead: FilesHead | null = null

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  /**
   * Replays the next group. While it runs, the files of the group before are written and compared. The first difference
   * ends the replay.
   */
  async play(group: readonly CheckedEntry[]): Promise<Divergence | null> {
    try {
      return await this.#options.spending.inTime(this.#play(group))
    } catch (error) {
      const found = budgetFinding(error, group[0]?.index ?? 0)
      if (!found) throw error
      return this.#divergence(found)
    }
  }

  async #play(group: readonly CheckedEntry[]): Promise<Divergence | null> {
    const results = new Map() as Results
    const start = group[0]?.index ?? 0
    let divergence: Divergence | null = null
    for (let at = 0; at < group.length && !divergence; ) {
      const checked = group[at] as CheckedEntry
      if (runsCalls(checked)) {
        const until = group.findIndex((other, i) => i > at && !runsCalls(other))
        const run = affordable(group.slice(at, until === -1 ? undefined : until))
        divergence = await this.#run(run, results, start)
        at += run.length
      } else {
        divergence = await this.#single(checked, results, start)
        at += 1
      }
    }
    const before = await this.#settling
    divergence ??= this.#checkInit(group)
    if (before || divergence) return before ?? divergence
    this.#settling = this.#settle(group, results, this.#recordedOn)
    // It is waited for with the next group, or at the end.
    this.#settling.catch(() => {})
    return null
  }

  /** Compares the files of the last group. */
  async finish(): Promise<Divergence | null> {
    try {
      return await this.#settling
    } catch (error) {
      const found = budgetFinding(error)
      if (!found) throw error
      return this.#divergence(found)
    }
  }

  async close(): Promise<void> {
    await this.#machine?.close()
    this.#machine = null
  }

  async #single(
    { entry, index, upgrade }: CheckedEntry,
    results: Results,
    group: number,
  ): Promise<Divergence | null> {
    const { crypto, ledgerKey } = this.#options
    const parts = { crypto, ledgerKey, oracles: this.#oracles, alarms: this.alarms, results, group }
    const burned: Stage['burned'] = (ran) => this.#burned(ran)
    const stage = (): Stage => ({ ...parts, burned, machine: this.#machine as Machine })
    switch (entry.type) {
      case 'genesis':
        this.#genesis = entry
        this.#script = entry.script
        return null
      case 'boot':
        if (upgrade?.kind === 'booted') return this.#upgrade(entry, index, upgrade, results)
        return this.#boot(entry, index)
      case 'init':
        this.#initDue = false
        this.#intends([entry.outcome])
        return this.#unlike(await playInit(entry, index, stage()))
      case 'alarm':
        this.#intends([entry.outcome])
        return this.#unlike(await playAlarm(entry, index, stage()))
      case 'calls':
        if (upgrade?.kind !== 'announced') return null
        return this.#unlike(playUpgrade(entry, index, upgrade.result, parts))
      default:
        return entry satisfies never
    }
  }

  #unlike(unlike: Unlike | null): Divergence | null {
    return unlike && this.#divergence(unlike.finding, unlike.replayed)
  }

  async #boot(entry: BootEntry, index: number): Promise<Divergence | null> {
    const { crypto, ledgerKey, startMachine } = this.#options
    this.#machine ??= await startMachine(
      this.#genesis as GenesisEntry,
      this.#script as ScriptText,
      this.#oracles.port,
    )
    const seed = entrySeed(crypto, ledgerKey, 'boot', index)
    this.#intends([entry.outcome])
    let boot: BootReport
    try {
      boot = await this.#machine.boot({ time: entry.time, position: index, seed })
    } catch (error) {
      return this.#refused(index, (error as Error).message)
    }
    this.#burned([boot.outcome])
    this.engine = boot.engine
    this.#recordedOn = entry.engine
    this.#initDue = boot.hasInit && this.epochs === 0
    this.epochs += 1
    const { difference, replayed } = compareBoots(crypto, boot, entry)
    if (!difference) return null
    const found = finding('BOOT_DIFFERS', { entry: index, part: 'boot', ...difference })
    return this.#divergence(found, replayed)
  }

  /** Another script, so another machine: it reads all files from where the groups before have left them. */
  async #upgrade(
    entry: BootEntry,
    index: number,
    { script, served, change }: Extract<UpgradeStep, { kind: 'booted' }>,
    results: Results,
  ): Promise<Divergence | null> {
    const unsettled = await this.#settling
    if (unsettled) return unsettled
    results.set(index, [{ changes: [change] }])
    const before = this.#script
    await this.close()
    this.#script = script
    const divergence = await this.#boot(entry, index)
    if (divergence || served) return divergence
    this.#script = before
    await this.close()
    return null
  }

  /** An init that the script has must stand in the first group. */
  #checkInit(group: readonly CheckedEntry[]): Divergence | null {
    const { entry, index } = group.at(-1) as CheckedEntry
    // A group that is read only in part does not say what it lacks.
    if (!this.#initDue || entry.files === null) return null
    const expected = 'an init after the first boot: the script has one'
    return this.#divergence(
      finding('INIT_DIFFERS', { entry: index, part: 'init', expected, got: 'none' }),
    )
  }

  async #run(
    run: readonly CheckedEntry[],
    results: Results,
    group: number,
  ): Promise<Divergence | null> {
    const outcomes = run.flatMap(({ entry }) => (entry as CallsEntry).outcomes)
    this.#intends(outcomes)
    for (const { entry, index } of run) this.#oracles.expect(index, (entry as CallsEntry).outcomes)
    const requests = run.map((checked) => this.#request(checked))
    let ran: RunReport
    try {
      ran = await (this.#machine as Machine).run(requests, group)
    } catch (error) {
      // The machine died between two groups. That is the auditor's trouble, and says nothing of the ledger.
      if (!(error instanceof SandboxError) || error.code !== 'ERR_VMS_MACHINE_DEAD') throw error
      return this.#refused((run[0] as CheckedEntry).index, error.message)
    }
    const { done, stop } = ran
    for (const { index } of run) this.#oracles.forget(index)
    this.#burned(done.flatMap(({ results: given }) => given))
    for (const [i, { results: given }] of done.entries()) {
      const { entry, index, request } = run[i] as CheckedEntry
      const missed = this.alarms.missed((entry as CallsEntry).time, index)
      if (missed) return this.#divergence(missed, encodeValue(missed.expected))
      results.set(index, given)
      for (const { changes } of given) this.alarms.apply(changes)
      for (const [call, recorded] of (entry as CallsEntry).outcomes.entries()) {
        const outcome = toOutcome(this.#options.crypto, given[call] as CallResult)
        const difference = compareOutcomes(outcome, recorded, {
          entry: index,
          call,
          method: request?.calls[call]?.[0] ?? null,
        })
        if (difference)
          return this.#divergence(difference, encodeValue(outcome as unknown as Value))
      }
    }
    const next = run[done.length]
    if (!next) return null
    if (stop?.kind === 'refused')
      return this.#refused(next.index, `${stop.reason}: ${stop.message}`)
    throw new Error(`the machine stopped before entry ${next.index} without a reason`)
  }

  /** Called before a replay, with the fuel that the ledger says the outcomes used. */
  #intends(outcomes: readonly { readonly fuel: number }[]): void {
    this.#options.spending.intends(outcomes.map(({ fuel }) => fuel))
  }

  /**
   * After they were replayed. The machine is given less fuel than the genesis says where the budget is smaller: a call that
   * runs out of it then says nothing of the host.
   */
  #burned(results: readonly Pick<Outcome, 'abort' | 'fuel'>[]): void {
    const { spending } = this.#options
    const { callFuel } = spending.budgets
    const allowed = (this.#genesis as GenesisEntry).limits.fuelPerCall
    if (
      callFuel < allowed &&
      results.some(({ abort, fuel }) => abort === 'fuel' && fuel >= callFuel)
    )
      throw new BudgetExceededError('callFuel', callFuel, 'more')
    spending.burned(results.reduce((sum, { fuel }) => sum + fuel, 0))
  }

  #request({ entry, index, request, requestId, caller }: CheckedEntry): MachineRequest {
    const { crypto, ledgerKey } = this.#options
    const calls = (request?.calls ?? []).map(([method, args], i) => ({
      method,
      args,
      seed: callSeed(crypto, ledgerKey, requestId as Uint8Array, i),
    }))
    return { position: index, time: (entry as CallsEntry).time, caller: caller as string, calls }
  }

  #refused(index: number, why: string): Divergence {
    return this.#divergence(finding('REPLAY_REFUSED', { entry: index, part: 'machine', got: why }))
  }

  #divergence(
    found: Finding,
    replayed: Uint8Array = new Uint8Array(),
    recordedOn = this.#recordedOn,
  ): Divergence {
    return { finding: found, replayed, recordedOn }
  }

  /** Applies a group's changes to the auditor's files and compares the files head. */
  async #settle(
    group: readonly CheckedEntry[],
    results: Results,
    recordedOn: Engine | null,
  ): Promise<Divergence | null> {
    const changes = group.flatMap(({ index }) =>
      (results.get(index) ?? []).flatMap((result) => result.changes),
    )
    this.#options.spending.writes(bytesOf(changes))
    const { index: start } = group[0] as CheckedEntry
    const { entry: last, index: end } = group.at(-1) as CheckedEntry
    const expected = await this.#options.files.commit(changes, start)
    const difference = last.files && compareValues(expected, last.files, '$')
    if (difference) {
      const found = finding('FILES_DIFFER', { entry: end, part: 'files', ...difference })
      // The machine may have booted for a later group by now, and another engine been named.
      return this.#divergence(found, encodeValue(expected), recordedOn)
    }
    this.filesHead = expected
    this.#machine?.committed(end)
    return null
  }
}
