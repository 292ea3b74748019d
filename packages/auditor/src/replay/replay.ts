/** The replay: executes the recorded events with the auditor's own machine and files, and stops at the first entry whose replay differs. */
import {
  type AlarmEntry,
  type BootEntry,
  type CallsEntry,
  type Crypto,
  encodeValue,
  type FileChange,
  type FilesHead,
  type GenesisEntry,
  type InitEntry,
  type Outcome,
  outcomesOf,
  type ScriptText,
  UPGRADE_METHOD,
  type Value,
} from '@vms/format'
import { AlarmTally, type CheckedEntry, waitingAlarms } from '@vms/format/structure'
import { type OraclePort, type RunReport, SandboxError } from '@vms/sandbox'
import {
  begin,
  type CallsEvent,
  type Event,
  Execution,
  eventOf,
  type MachinePort,
  type Step,
} from '@vms/sandbox/execution'
import { type AlarmCounts, compareAlarm, missedAlarm, NO_ALARMS } from '../compare/alarms.ts'
import { compareBoots } from '../compare/boots.ts'
import { compareValues } from '../compare/compare.ts'
import { compareOutcomes } from '../compare/outcomes.ts'
import { type BudgetMeter, budgetFinding } from '../findings/budgets.ts'
import type { Divergence, Engine } from '../findings/divergence.ts'
import { type Finding, finding } from '../findings/finding.ts'
import { RecordedOracles } from './recorded-oracles.ts'

export interface ReplayFiles {
  /** Applies the changes of the group that starts at entry `start` and returns the files head after it. */
  commit(changes: readonly FileChange[], start: number): Promise<FilesHead>
}

export interface ReplayOptions {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  readonly files: ReplayFiles
  readonly meter: BudgetMeter
  readonly startMachine: (
    genesis: GenesisEntry,
    script: ScriptText,
    oracle: OraclePort,
  ) => Promise<MachinePort>
}

/** A group that is being replayed. */
interface Group {
  /** Index of its first entry. */
  readonly start: number
  readonly changes: FileChange[]
}

/** Most requests between two comparisons: the auditor should not run many requests after a lie. */
const SLICE_REQUESTS = 64

/** Fuel of a slice, according to the ledger. The comparison of the slice before has confirmed that the ledger tells the truth so far. */
const SLICE_FUEL = 10 ** 9

const nothing = new Uint8Array()

export class Replay {
  #options: ReplayOptions
  #execution: Execution | null = null
  #genesis: GenesisEntry | null = null
  #settling: Promise<Divergence | null> = Promise.resolve(null)
  readonly #oracles = new RecordedOracles()
  readonly #alarms = new AlarmTally()
  /** The engine of this auditor, once booted. */
  engine: Engine | null = null
  /** The engine that the newest replayed boot entry names. */
  #recordedOn: Engine | null = null
  epochs = 0
  /** The files after the last group that was compared. */
  filesHead: FilesHead | null = null

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  /** `now`: the auditor's clock, in milliseconds since 1970. */
  alarmCounts(now: number): AlarmCounts {
    const state = this.#execution?.state
    return state ? { ...this.#alarms.counts, ...waitingAlarms(state.alarms.dues, now) } : NO_ALARMS
  }

  /**
   * Replays the next group. While it runs, the files of the group before are written and compared. The first difference
   * ends the replay.
   */
  async play(group: readonly CheckedEntry[]): Promise<Divergence | null> {
    try {
      return await this.#options.meter.inTime(this.#play(group))
    } catch (error) {
      const found = budgetFinding(error, group[0]?.index ?? 0)
      if (!found) throw error
      return this.#divergence(found)
    }
  }

  async #play(entries: readonly CheckedEntry[]): Promise<Divergence | null> {
    const group: Group = { start: entries[0]?.index ?? 0, changes: [] }
    let divergence: Divergence | null = null
    for (let at = 0; at < entries.length && !divergence; ) {
      const checked = entries[at] as CheckedEntry
      const event = eventOf(checked)
      if (event?.kind === 'calls') {
        const run = affordable(entries.slice(at))
        divergence = await this.#run(run, group)
        at += run.length
      } else {
        divergence = event
          ? await this.#single(event, checked, group)
          : this.#begin(checked.entry as GenesisEntry)
        at += 1
      }
    }
    const before = await this.#settling
    divergence ??= this.#checkInit(entries)
    if (before || divergence) return before ?? divergence
    this.#settling = this.#settle(entries, group, this.#recordedOn)
    // The next group, or the end of the replay, awaits it.
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
    await this.#execution?.close()
  }

  #begin(genesis: GenesisEntry): null {
    const { crypto, ledgerKey, startMachine } = this.#options
    this.#genesis = genesis
    this.#execution = new Execution({
      crypto,
      ledgerKey,
      state: begin(genesis),
      startMachine: (script) => startMachine(genesis, script, this.#oracles.port),
    })
    return null
  }

  get #running(): Execution {
    if (!this.#execution) throw new Error('the ledger does not begin with a genesis')
    return this.#execution
  }

  async #single(
    event: Exclude<Event, CallsEvent>,
    { entry, index }: CheckedEntry,
    group: Group,
  ): Promise<Divergence | null> {
    const outcomes = outcomesOf(entry)
    const before = await this.#before(event, entry, index)
    if (before) return before
    this.#intends(outcomes)
    this.#oracles.expect(index, outcomes)
    let step: Step | null
    try {
      step = await this.#running.single(event, group.start)
    } catch (error) {
      return this.#refused(index, (error as Error).message)
    } finally {
      this.#oracles.forget(index)
    }
    if (!step) {
      const [expected, got] = ['no init: the script has none', outcomes[0]?.status ?? 'none']
      return this.#divergence(
        finding('INIT_DIFFERS', { entry: index, part: 'init', expected, got }),
      )
    }
    this.#burned(outcomesOf(step.entry))
    for (const change of step.changes) group.changes.push(change)
    if (entry.type === 'alarm') this.#alarms.add(entry)
    if (entry.type === 'boot') this.#booted(step.entry as BootEntry, entry)
    return this.#compare(step.entry, entry, index)
  }

  /** Prepares the replay of an event. Returns the finding that prevents it, or null. */
  async #before(
    { kind }: Event,
    entry: CheckedEntry['entry'],
    index: number,
  ): Promise<Divergence | null> {
    // Another script needs another machine, which reads the files as the earlier groups have left them.
    if (entry.type === 'boot' && entry.reason === 'upgrade') return this.#settling
    if (kind !== 'alarm') return null
    const wrong = compareAlarm(this.#running.state, entry as AlarmEntry, index)
    return wrong && this.#divergence(wrong, encodeValue(wrong.expected))
  }

  #booted(replayed: BootEntry, recorded: BootEntry): void {
    this.engine = replayed.engine
    this.#recordedOn = recorded.engine
    this.epochs += 1
  }

  /** Compares a replayed entry that is one call with the recorded one. */
  #compare(
    replayed: Step['entry'],
    recorded: CheckedEntry['entry'],
    index: number,
  ): Divergence | null {
    if (recorded.type === 'boot') {
      const { difference, replayed: bytes } = compareBoots(replayed as BootEntry, recorded)
      if (!difference) return null
      const found = finding('BOOT_DIFFERS', { entry: index, part: 'boot', ...difference })
      return this.#divergence(found, bytes)
    }
    const [outcome] = outcomesOf(replayed) as [Outcome]
    const [expected] = outcomesOf(recorded) as [Outcome]
    const difference = compareOutcomes(outcome, expected, placeOf(recorded, index))
    if (!difference) return null
    const { cause: _, ...place } = difference
    const found = recorded.type === 'init' ? finding('INIT_DIFFERS', place) : difference
    return this.#divergence(found, encodeValue(outcome as unknown as Value))
  }

  /** The divergence if the script has an init and the first group ends without one; null otherwise. */
  #checkInit(group: readonly CheckedEntry[]): Divergence | null {
    const { entry, index } = group.at(-1) as CheckedEntry
    // A partly read group cannot show that the init is missing.
    if (!this.#execution?.state.epoch.initDue || entry.files === null) return null
    const expected = 'an init after the first boot: the script has one'
    return this.#divergence(
      finding('INIT_DIFFERS', { entry: index, part: 'init', expected, got: 'none' }),
    )
  }

  async #run(run: readonly CheckedEntry[], group: Group): Promise<Divergence | null> {
    this.#intends(run.flatMap(({ entry }) => outcomesOf(entry)))
    for (const { entry, index } of run) this.#oracles.expect(index, outcomesOf(entry))
    const events = run.map((checked) => eventOf(checked) as CallsEvent)
    let ran: RunReport
    try {
      ran = await this.#running.run(events, group.start)
    } catch (error) {
      // The machine died between two groups. That says nothing about the ledger.
      if (!(error instanceof SandboxError) || error.code !== 'ERR_VMS_MACHINE_DEAD') throw error
      return this.#refused((run[0] as CheckedEntry).index, error.message)
    }
    const { done, stop } = ran
    for (const { index } of run) this.#oracles.forget(index)
    this.#burned(done.flatMap(({ results }) => results))
    for (const [i, { results }] of done.entries()) {
      const event = events[i] as CallsEvent
      const missed = missedAlarm(this.#running.state, event.time, event.position)
      if (missed) return this.#divergence(missed, encodeValue(missed.expected))
      const step = this.#running.calls(event, results)
      for (const change of step.changes) group.changes.push(change)
      const different = this.#compareCalls(step.entry, run[i] as CheckedEntry)
      if (different) return different
    }
    const next = run[done.length]
    if (!next) return null
    if (stop?.kind === 'refused')
      return this.#refused(next.index, `${stop.reason}: ${stop.message}`)
    throw new Error(`the machine stopped before entry ${next.index} without a reason`)
  }

  #compareCalls(
    { outcomes }: CallsEntry,
    { entry, index, request }: CheckedEntry,
  ): Divergence | null {
    for (const [call, recorded] of outcomesOf(entry).entries()) {
      const outcome = outcomes[call] as Outcome
      const method = request?.calls[call]?.[0] ?? null
      const difference = compareOutcomes(outcome, recorded, { entry: index, call, method })
      if (difference) return this.#divergence(difference, encodeValue(outcome as unknown as Value))
    }
    return null
  }

  /** Counts the fuel that the outcomes used according to the ledger. Called before a replay. */
  #intends(outcomes: readonly { readonly fuel: number }[]): void {
    this.#options.meter.intends(outcomes.map(({ fuel }) => fuel))
  }

  /** Counts the fuel that the replay used. Called after it. */
  #burned(results: readonly Pick<Outcome, 'abort' | 'fuel'>[]): void {
    this.#options.meter.ran(results, (this.#genesis as GenesisEntry).limits.fuelPerCall)
  }

  #refused(index: number, why: string): Divergence {
    return this.#divergence(finding('REPLAY_REFUSED', { entry: index, part: 'machine', got: why }))
  }

  #divergence(
    found: Finding,
    replayed: Uint8Array = nothing,
    recordedOn = this.#recordedOn,
  ): Divergence {
    return { finding: found, replayed, recordedOn }
  }

  /** Applies a group's changes to the auditor's files and compares the files head. */
  async #settle(
    entries: readonly CheckedEntry[],
    { start, changes }: Group,
    recordedOn: Engine | null,
  ): Promise<Divergence | null> {
    this.#options.meter.writes(changes)
    const { entry: last, index: end } = entries.at(-1) as CheckedEntry
    const expected = await this.#options.files.commit(changes, start)
    const difference = last.files && compareValues(expected, last.files, '$')
    if (difference) {
      const found = finding('FILES_DIFFER', { entry: end, part: 'files', ...difference })
      // By now the machine may have booted for a later group, and `recordedOn` may name another engine.
      return this.#divergence(found, encodeValue(expected), recordedOn)
    }
    this.filesHead = expected
    this.#execution?.committed(end)
    return null
  }
}

/** The first requests of `entries` that fit a slice, up to the first entry that is not a request; at least one entry. */
function affordable(entries: readonly CheckedEntry[]): readonly CheckedEntry[] {
  let fuel = 0
  const end = entries.findIndex(({ entry, upgrade }, i) => {
    if (entry.type !== 'calls' || upgrade) return true
    fuel += entry.outcomes.reduce((sum, outcome) => sum + outcome.fuel, 0)
    return i > 0 && (i >= SLICE_REQUESTS || fuel > SLICE_FUEL)
  })
  return end === -1 ? entries : entries.slice(0, end)
}

function placeOf(entry: InitEntry | AlarmEntry | CallsEntry | GenesisEntry, index: number) {
  if (entry.type === 'calls') return { entry: index, call: 0, method: UPGRADE_METHOD }
  return { entry: index, method: entry.type === 'alarm' ? entry.method : 'init' }
}
