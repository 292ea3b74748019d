/** Counts of alarms for the reader. Honest hosts are late too, so the counts are no accusation. */
import type { AlarmEntry } from '../entries/entry.ts'

/** Counts of the alarms in a ledger. */
export interface FiredAlarms {
  /** Alarms that ran, whatever their outcome. */
  readonly fired: number
  /** Alarms that, as the host claims, its machine could not run. An auditor accepts the claim and does not reproduce it. */
  readonly skipped: number
  /** Milliseconds between the due time and the run of the latest alarm. */
  readonly latestMs: number
}

/** The pending alarms at a head. A stopped host fires none. */
export interface WaitingAlarms {
  readonly pending: number
  /** Pending alarms that are due by the reader's clock. */
  readonly overdue: number
  /** Milliseconds since the first of them was due. */
  readonly overdueMs: number
}

export class AlarmTally {
  #fired = 0
  #skipped = 0
  #latestMs = 0

  /** Adds the next alarm entry. */
  add({ due, time, outcome }: AlarmEntry): void {
    if (outcome.status === 'skipped') this.#skipped += 1
    else this.#fired += 1
    this.#latestMs = Math.max(this.#latestMs, time - due)
  }

  get counts(): FiredAlarms {
    return { fired: this.#fired, skipped: this.#skipped, latestMs: this.#latestMs }
  }
}

/** `dues`: when the pending alarms are due. `now`: the reader's clock. Both in milliseconds since 1970. */
export function waitingAlarms(dues: readonly number[], now: number): WaitingAlarms {
  const overdue = dues.filter((due) => due <= now)
  const overdueMs = overdue.reduce((most, due) => Math.max(most, now - due), 0)
  return { pending: dues.length, overdue: overdue.length, overdueMs }
}
