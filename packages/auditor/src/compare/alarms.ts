/**
 * The alarms that the replayed calls have set. In the ledger, each of them must fire when due, once, in order, as it was set, and before
 * any later call.
 */
import type { AlarmEntry, Value } from '@vms/format'
import {
  AlarmTally,
  type FiredAlarms,
  type WaitingAlarms,
  waitingAlarms,
} from '@vms/format/structure'
import { alarmDueAt, type ExecutionState } from '@vms/sandbox/execution'
import { type Finding, finding } from '../findings/finding.ts'
import { compareEncoded, compareValues } from './compare.ts'

/** What an audit reports about alarms. Times are compared with the auditor's clock. */
export type AlarmCounts = FiredAlarms & WaitingAlarms

export const NO_ALARMS: AlarmCounts = { ...new AlarmTally().counts, ...waitingAlarms([], 0) }

/** The finding for a calls entry at `index` before which an alarm was due; null if none was. */
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

/** The finding if an entry's alarm is not the due one, as it was set; null if it is. */
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
