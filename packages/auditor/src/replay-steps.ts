/** The replay of entries that are one call each: init, alarms, upgrades. */
import {
  type AlarmEntry,
  alarmPath,
  type CallResult,
  type CallsEntry,
  type Crypto,
  encodeValue,
  entrySeed,
  type FileChange,
  type InitEntry,
  type Outcome,
  toOutcome,
  UPGRADE_METHOD,
  type Value,
} from '@vms/format'
import type { Machine } from '@vms/sandbox'
import type { Alarms } from './alarms.ts'
import { type Finding, finding } from './finding.ts'
import { compareOutcomes } from './outcomes.ts'
import type { RecordedOracles } from './recorded-oracles.ts'

/** By index of the entry: what its calls changed. */
export type Results = Map<number, readonly { readonly changes: readonly FileChange[] }[]>

/** What an entry is replayed on. */
export interface Stage {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  readonly machine: Machine
  readonly oracles: RecordedOracles
  readonly alarms: Alarms
  readonly results: Results
  /** Called with the replayed outcomes before they are compared. May throw: the end of a budget is no difference. */
  readonly burned: (results: readonly Pick<Outcome, 'abort' | 'fuel'>[]) => void
  /** Index at which the group begins. */
  readonly group: number
}

/** What does not agree with the ledger, and the bytes of what the replay gave. */
export interface Unlike {
  readonly finding: Finding
  readonly replayed: Uint8Array
}

const nothing = new Uint8Array()

const refused = (index: number, error: unknown): Unlike => ({
  finding: finding('REPLAY_REFUSED', {
    entry: index,
    part: 'machine',
    got: (error as Error).message,
  }),
  replayed: nothing,
})

const bytesOf = (outcome: Outcome): Uint8Array => encodeValue(outcome as unknown as Value)

export async function playInit(
  entry: InitEntry,
  index: number,
  { crypto, ledgerKey, machine, oracles, alarms, results, burned }: Stage,
): Promise<Unlike | null> {
  const seed = entrySeed(crypto, ledgerKey, 'init', index)
  let result: CallResult | null
  oracles.expect(index, [entry.outcome])
  try {
    result = await machine.init({ time: entry.time, position: index, seed })
  } catch (error) {
    return refused(index, error)
  }
  if (!result) {
    const expected = 'no init: the script has none'
    const detail = { entry: index, part: 'init', expected, got: entry.outcome.status }
    return { finding: finding('INIT_DIFFERS', detail), replayed: nothing }
  }
  burned([result])
  results.set(index, [result])
  alarms.apply(result.changes)
  const outcome = toOutcome(crypto, result)
  const difference = compareOutcomes(outcome, entry.outcome, { entry: index, method: 'init' })
  if (!difference) return null
  const { cause: _, ...place } = difference
  return { finding: finding('INIT_DIFFERS', place), replayed: bytesOf(outcome) }
}

export async function playAlarm(
  entry: AlarmEntry,
  index: number,
  { crypto, ledgerKey, machine, oracles, alarms, results, burned, group }: Stage,
): Promise<Unlike | null> {
  const wrong = alarms.check(entry, index)
  if (wrong) return { finding: wrong, replayed: encodeValue(wrong.expected) }
  const { id, method, args, time, outcome } = entry
  // What the host could not run, nobody can say anything about.
  const run = outcome.status === 'skipped' ? null : { method, args }
  const seed = entrySeed(crypto, ledgerKey, 'alarm', index)
  oracles.expect(index, [outcome])
  let result: CallResult
  try {
    result = await machine.alarm({ id, time, position: index, seed, run }, group)
  } catch (error) {
    return refused(index, error)
  } finally {
    oracles.forget(index)
  }
  burned([result])
  results.set(index, [{ changes: [{ path: alarmPath(id), kind: 'deleted' }] }, result])
  alarms.done(entry, result.changes)
  const replayed = toOutcome(crypto, result)
  const difference = compareOutcomes(replayed, outcome, { entry: index, method })
  return difference && { finding: difference, replayed: bytesOf(replayed) }
}

/** The outcome of an upgrade follows from the ledger alone. */
export function playUpgrade(
  { outcomes }: CallsEntry,
  index: number,
  result: CallResult,
  { crypto, results }: Pick<Stage, 'crypto' | 'results'>,
): Unlike | null {
  results.set(index, [result])
  const replayed = toOutcome(crypto, result)
  const place = { entry: index, call: 0, method: UPGRADE_METHOD }
  const difference = compareOutcomes(replayed, outcomes[0] as Outcome, place)
  return difference && { finding: difference, replayed: bytesOf(replayed) }
}
