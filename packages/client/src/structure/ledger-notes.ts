/**
 * Notes about a ledger for the reader: facts that are suspicious, or rest on the host's word, although an honest host causes them too.
 * They are no accusation. `vms verify` shows the same notes: docs/spec/audit.md, "Notes for the reader".
 */
import { ALARMS_FOLDER, alarmDue, type Entry, outcomesOf } from '@vms/format'
import {
  AlarmTally,
  type FiredAlarms,
  HistoryNotes,
  type TimeSpan,
  type UnexplainedBoots,
  type WaitingAlarms,
  waitingAlarms,
} from '@vms/format/structure'
import { VmsFileError } from '../files/file-error.ts'
import type { FilesVersion } from '../files/files-version.ts'

export interface LedgerNotes {
  /** Boots for which no entry shows a cause. */
  readonly boots: UnexplainedBoots
  /** Times of the first and the last entry. Null if no entry has a time. */
  readonly times: TimeSpan | null
  /** Calls, alarms and inits that used an oracle. The ledger holds the answers; no auditor can reproduce them. */
  readonly oracles: number
  readonly alarms: AlarmNotes
}

export interface AlarmNotes extends FiredAlarms {
  /** Null if the ledger has findings: then its files were not read. */
  readonly waiting: WaitingAlarms | null
}

/** Collects the notes while entries pass. */
export class NotesCollector {
  readonly #history = new HistoryNotes()
  readonly #alarms = new AlarmTally()
  #oracles = 0

  /** Takes in the next entry. */
  take(entry: Entry): void {
    this.#history.take(entry)
    this.#oracles += outcomesOf(entry).filter(({ oracles }) => oracles.length > 0).length
    if (entry.type === 'alarm') this.#alarms.add(entry)
  }

  /** `now`: the reader's clock, in milliseconds since 1970. */
  notes(now: number, waiting: WaitingAlarms | null): LedgerNotes {
    return {
      boots: this.#history.boots,
      times: this.#history.span(now),
      oracles: this.#oracles,
      alarms: { ...this.#alarms.counts, waiting },
    }
  }
}

/** Counts the pending alarms among the files. `now`: the reader's clock, in milliseconds since 1970. */
export async function pendingAlarms(files: FilesVersion, now: number): Promise<WaitingAlarms> {
  return waitingAlarms((await alarmNames(files)).map(alarmDue), now)
}

async function alarmNames(files: FilesVersion): Promise<string[]> {
  try {
    const listed = await files.list(ALARMS_FOLDER, false)
    return listed.map(({ name }) => name).filter(isAlarm)
  } catch (error) {
    // No alarm was ever set.
    if (error instanceof VmsFileError && error.code === 'ENOENT') return []
    throw error
  }
}

/**
 * Whether `name` is the id of an alarm. The machine writes no other name. A replay finds such a file (`FILES_DIFFER`); these notes cannot.
 */
function isAlarm(name: string): boolean {
  try {
    alarmDue(name)
    return true
  } catch {
    return false
  }
}
