/**
 * Notes about a ledger for the reader: what is suspicious, or rests on the host's word, though an honest host causes it too.
 * They accuse nobody. `vms verify` shows the same ones: docs/spec/audit.md, "Notes for the reader".
 */
import { ALARMS_FOLDER, alarmDue, type Entry, type Outcome } from '@vms/format'
import { Course, type TimeSpan, type UnexplainedBoots } from '@vms/format/structure'
import { VmsFileError } from '../files/file-error.ts'
import type { FilesVersion } from '../files/files-version.ts'

export interface LedgerNotes {
  /** Boots for which no entry shows a cause. */
  readonly boots: UnexplainedBoots
  /** Times of the first and the last entry. Null if no entry has a time. */
  readonly times: TimeSpan | null
  /** Calls, alarms and inits that used an oracle. The ledger holds its answers; nobody can reproduce them. */
  readonly oracles: number
  readonly alarms: AlarmNotes
}

export interface AlarmNotes {
  readonly fired: number
  /** Alarms that the host says its machine could not run. */
  readonly skipped: number
  /** Milliseconds between the due time and the run of the latest alarm. */
  readonly latestMs: number
  /** Null if the ledger has findings: then its files were not read. */
  readonly waiting: WaitingAlarms | null
}

/** The pending alarms at the head. A stopped host fires none, so overdue ones accuse nobody. */
export interface WaitingAlarms {
  readonly pending: number
  /** Pending alarms that are due by the reader's clock. */
  readonly overdue: number
  /** Milliseconds since the first of them was due. */
  readonly overdueMs: number
}

/** Counts while the entries pass. */
export class NoteTaker {
  readonly #course = new Course()
  #oracles = 0
  #fired = 0
  #skipped = 0
  #latestMs = 0

  /** Takes in the next entry. */
  take(entry: Entry): void {
    this.#course.take(entry)
    this.#oracles += outcomesOf(entry).filter(({ oracles }) => oracles.length > 0).length
    if (entry.type !== 'alarm') return
    if (entry.outcome.status === 'skipped') this.#skipped += 1
    else this.#fired += 1
    this.#latestMs = Math.max(this.#latestMs, entry.time - entry.due)
  }

  /** `now`: the reader's clock, in milliseconds since 1970. */
  notes(now: number, waiting: WaitingAlarms | null): LedgerNotes {
    const [fired, skipped, latestMs] = [this.#fired, this.#skipped, this.#latestMs]
    return {
      boots: this.#course.boots,
      times: this.#course.span(now),
      oracles: this.#oracles,
      alarms: { fired, skipped, latestMs, waiting },
    }
  }
}

/** Counts the pending alarms among the files. `now`: the reader's clock, in milliseconds since 1970. */
export async function waitingAlarms(files: FilesVersion, now: number): Promise<WaitingAlarms> {
  const dues = (await alarmNames(files)).map(alarmDue)
  const overdue = dues.filter((due) => due <= now)
  const overdueMs = overdue.reduce((most, due) => Math.max(most, now - due), 0)
  return { pending: dues.length, overdue: overdue.length, overdueMs }
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

/** A name that is none was not written by the machine. A replay finds that (`FILES_DIFFER`); these notes cannot. */
function isAlarm(name: string): boolean {
  try {
    alarmDue(name)
    return true
  } catch {
    return false
  }
}

function outcomesOf(entry: Entry): readonly Outcome[] {
  if (entry.type === 'calls') return entry.outcomes
  return entry.type === 'init' || entry.type === 'alarm' ? [entry.outcome] : []
}
