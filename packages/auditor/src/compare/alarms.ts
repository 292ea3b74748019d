/**
 * The alarms that the replayed calls have set. Held against the ledger, where each must be fired when it is due,
 * once, in order, as it was set, and before any call that comes later.
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

/** What an audit says of alarms. The clock is the auditor's. */
export type AlarmCounts = FiredAlarms & WaitingAlarms

export const NO_ALARMS: AlarmCounts = { ...new AlarmTally().counts, ...waitingAlarms([], 0) }

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

/** Whether the alarm of an entry is the due one, as it was set. */
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
