/**
 * A trial of an upgrade: the whole recorded history on another script, from the genesis on, to see which outcomes would have been
 * others. It keeps files of its own, so what one call did otherwise shows in those after it. Fuel is not compared: it never agrees.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import {
  alarmPath,
  type CallsEntry,
  callerId,
  callSeed,
  decodeEntry,
  decodeRequest,
  type Entry,
  entrySeed,
  type FileChange,
  filesUrl,
  type GenesisEntry,
  isUpgrade,
  type Outcome,
  PendingAlarms,
  requestId,
  type ScriptText,
  toOutcome,
} from '@vms/format'
import { guestCodec } from '@vms/format/guest'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { ScratchFiles } from '@vms/ledger'
import { type CallResult, Machine } from '@vms/sandbox'
import { CALL_CPU_MS, CALL_WALL_MS, MEMORY_MIB } from './audit-limits.ts'
import type { Finding } from './finding.ts'
import { compareOutcomes } from './outcomes.ts'
import { RecordedOracles } from './recorded-oracles.ts'
import type { LedgerSource } from './source.ts'

/** An outcome that would have been another. `expected` is what the ledger has, `got` what the new script gives. */
export type TrialDifference = Pick<
  Finding,
  'entry' | 'call' | 'method' | 'part' | 'path' | 'expected' | 'got'
>

export interface TrialOptions {
  readonly ledger: LedgerSource
  readonly script: Pick<ScriptText, 'name' | 'source'>
  readonly onEntry?: (done: number) => void
  readonly signal?: AbortSignal
}

export interface TrialReport {
  /** Entries of the history, and calls that were tried. */
  readonly entries: number
  readonly calls: number
  /** How many outcomes would have been others, and the first of them: {@link LISTED} at most. */
  readonly different: number
  readonly differences: readonly TrialDifference[]
}

/** Differences that a report lists: an incompatible script differs in every call. */
const LISTED = 1_000

/** Nothing of the ledger is checked: that is an audit's work. Rejects if the script does not boot, or no machine can run it. */
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

class Trial {
  #options: TrialOptions
  #files: ScratchFiles
  #machine: Machine | null = null
  #methods = new Set<string>()
  readonly #oracles = new RecordedOracles()
  readonly #pending = new PendingAlarms()
  #changes: FileChange[] = []
  /** Index at which the group in hand begins. */
  #group = 0
  #calls = 0
  #different = 0
  #differences: TrialDifference[] = []

  constructor(options: TrialOptions, files: ScratchFiles) {
    this.#options = options
    this.#files = files
  }

  async run(): Promise<TrialReport> {
    const { ledger, onEntry, signal } = this.#options
    let index = 0
    for await (const block of ledger.entries(0, ledger.head.length)) {
      signal?.throwIfAborted()
      const entry = decodeEntry(block)
      await this.#play(entry, index)
      index += 1
      if (entry.files === null) continue
      await this.#files.commit(this.#changes, this.#group)
      this.#machine?.committed(index - 1)
      this.#changes = []
      this.#group = index
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
    await this.#machine?.close()
  }

  async #play(entry: Entry, index: number): Promise<void> {
    switch (entry.type) {
      case 'genesis':
        this.#machine = await this.#start(entry)
        return
      case 'boot':
        return this.#boot(index, entry.time)
      case 'init': {
        const seed = entrySeed(crypto, this.#options.ledger.key, 'init', index)
        this.#oracles.expect(index, [entry.outcome])
        const result = await this.#live.init({ time: entry.time, position: index, seed })
        const place = { entry: index, method: 'init' }
        return this.#compare(entry.outcome, result ?? 'no such method', place)
      }
      case 'alarm': {
        const { id, method, args, time, outcome } = entry
        if (outcome.status === 'skipped') return
        const seed = entrySeed(crypto, this.#options.ledger.key, 'alarm', index)
        this.#oracles.expect(index, [outcome])
        const place = { entry: index, method }
        if (!this.#pending.get(id)) return this.#compare(outcome, 'no such alarm', place)
        const run = { method, args }
        const result = await this.#live.alarm({ id, time, position: index, seed, run }, this.#group)
        this.#changes.push({ path: alarmPath(id), kind: 'deleted' })
        this.#pending.delete(id)
        this.#compare(outcome, result, place)
        return this.#bootAfter(result, index, time)
      }
      case 'calls':
        return this.#request(entry, index)
      default:
        return entry satisfies never
    }
  }

  async #request(entry: CallsEntry, index: number): Promise<void> {
    const request = decodeRequest(entry.request)
    if (isUpgrade(request)) return
    const id = requestId(crypto, entry.request)
    for (const [call, [method, args]] of request.calls.entries()) {
      const recorded = entry.outcomes[call] as Outcome
      if (recorded.status === 'skipped') continue
      const seed = callSeed(crypto, this.#options.ledger.key, id, call)
      const place = { entry: index, call, method }
      if (!this.#methods.has(method)) {
        this.#compare(recorded, 'no such method', place)
        continue
      }
      // Alone, so that what one call comes to leaves the others as they were. An oracle is told that it is asked by call 0.
      this.#oracles.expect(index, [recorded])
      const calls = [{ method, args, seed }]
      const { time } = entry
      const caller = callerId(request.caller)
      const { done, stop } = await this.#live.run(
        [{ position: index, time, caller, calls }],
        this.#group,
      )
      const result = done[0]?.results[0]
      if (!result)
        throw new Error(
          `entry ${index} cannot be run: ${stop?.kind === 'refused' ? stop.message : 'no result'}`,
        )
      this.#compare(recorded, result, place)
      await this.#bootAfter(result, index, time)
    }
  }

  /** An abort takes the isolate away. */
  async #bootAfter({ status }: CallResult, index: number, time: number): Promise<void> {
    if (status === 'aborted') await this.#boot(index, time)
  }

  #compare(
    recorded: Outcome,
    result: CallResult | string,
    place: { entry: number; call?: number; method: string },
  ): void {
    this.#calls += 1
    if (typeof result === 'string') {
      const { status } = recorded
      this.#differs({
        call: null,
        ...place,
        part: 'status',
        path: null,
        expected: status,
        got: result,
      })
      return
    }
    for (const change of result.changes) this.#changes.push(change)
    this.#pending.apply(result.changes)
    const got = { ...toOutcome(crypto, result), fuel: recorded.fuel }
    const found = compareOutcomes(recorded, got, place)
    if (!found) return
    const { entry, call, method, part, path, expected, got: given } = found
    this.#differs({ entry, call, method, part, path, expected, got: given })
  }

  #differs(difference: TrialDifference): void {
    this.#different += 1
    if (this.#differences.length < LISTED) this.#differences.push(difference)
  }

  async #boot(index: number, time: number): Promise<void> {
    const seed = entrySeed(crypto, this.#options.ledger.key, 'boot', index)
    const { outcome, methods, report } = await this.#live.boot({ time, position: index, seed })
    if (outcome.status !== 'returned') {
      const why = report ?? outcome.error?.message ?? outcome.abort ?? outcome.status
      throw new Error(`the script does not boot at entry ${index}: ${why}`)
    }
    this.#methods = new Set(methods)
  }

  get #live(): Machine {
    if (!this.#machine) throw new Error('the ledger does not begin with a genesis')
    return this.#machine
  }

  #start({ limits, semantics, script: { title } }: GenesisEntry): Promise<Machine> {
    const { script, ledger } = this.#options
    return Machine.start({
      script: script.source,
      name: script.name,
      codec: guestCodec,
      limits,
      semantics,
      service: { callCpuMs: CALL_CPU_MS, callWallMs: CALL_WALL_MS, memoryMiB: MEMORY_MIB },
      files: this.#files,
      oracle: this.#oracles.port,
      info: { title, key: filesUrl(ledger.manifest.filesKey) },
    })
  }
}
