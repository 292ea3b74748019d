/**
 * The alarms of a replay: those that the replayed calls have set. Held against the ledger, where each must be fired when it is due,
 * once, in order, as it was set, and before any call that comes later.
 */
import type { AlarmEntry, PendingAlarms, Value } from '@vms/format'
import { alarmDueAt, type ExecutionState } from '@vms/sandbox/execution'
import { compareEncoded, compareValues } from './compare.ts'
import { type Finding, finding } from './finding.ts'

/** What an audit says of alarms. */
export interface AlarmCounts {
  /** Those that ran, whatever came of them. */
  readonly fired: number
  /** Those that the host says its machine could not run: that is believed, not reproduced. */
  readonly skipped: number
  /** Milliseconds by which the latest of them came after it was due. */
  readonly latestMs: number
  /** Those that are still to come. */
  readonly pending: number
  /** Those of them that were due by the auditor's clock. A host that is stopped fires none, so they accuse nobody. */
  readonly overdue: number
  /** Milliseconds since the first of them was due. */
  readonly overdueMs: number
}

export const NO_ALARMS: AlarmCounts = {
  fired: 0,
  skipped: 0,
  latestMs: 0,
  pending: 0,
  overdue: 0,
  overdueMs: 0,
}

/** Counts the alarms that a replay fired. */
export class AlarmTally {
  #fired = 0
  #skipped = 0
  #latestMs = 0

  /** The alarm of an entry was replayed. */
  add({ due, time, outcome }: AlarmEntry): void {
    if (outcome.status === 'skipped') this.#skipped += 1
    else this.#fired += 1
    this.#latestMs = Math.max(this.#latestMs, time - due)
  }

  /** `pending`: those that are still to come. `now`: the auditor's clock, in milliseconds since 1970. */
  counts(pending: PendingAlarms, now: number): AlarmCounts {
    const overdue = pending.dueBy(now)
    return {
      fired: this.#fired,
      skipped: this.#skipped,
      latestMs: this.#latestMs,
      pending: pending.size,
      overdue: overdue.length,
      overdueMs: overdue.reduce((most, { due }) => Math.max(most, now - due), 0),
    }
  }
}

/** Calls stand at `index`: no alarm may have been due. */
export function missedAlarm(state: ExecutionState, time: number, index: number): Finding | null {
  const alarm = alarmDueAt(state, time)
  return (
    alarm &&
    finding('ALARM_MISSED', {
      entry: index,
      method: alarm.method,
      part: 'alarm',
      expected: `the alarm ${alarm.id}, due at ${alarm.due}`,
      got: `calls at ${time}`,
    })
  )
}

/** Whether the alarm of an entry is the one that had to come, and what was set. */
export function compareAlarm(
  { alarms }: ExecutionState,
  entry: AlarmEntry,
  index: number,
): Finding | null {
  const { id, due, method, args } = entry
  const place = { entry: index, method, part: 'alarm' }
  const set = alarms.get(id)
  if (!set)
    return finding('ALARM_INVENTED', { ...place, expected: 'a pending alarm', got: `alarm ${id}` })
  const next = alarms.next()
  if (next && next.id !== id) {
    const expected = `the alarm ${next.id}, due at ${next.due}`
    return finding('ALARM_MISSED', { ...place, expected, got: `the alarm ${id}` })
  }
  const shown = (alarm: { due: number; method: string }): Value => ({
    due: alarm.due,
    method: alarm.method,
  })
  const difference = compareValues(shown(set), shown({ due, method }), '$')
  if (difference) return finding('ALARM_DIFFERS', { ...place, ...difference })
  const other = compareEncoded(set.args, args)
  return (
    other && finding('ALARM_DIFFERS', { ...place, ...other, path: `$.args${other.path.slice(1)}` })
  )
}
