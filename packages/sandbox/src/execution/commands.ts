/** Commands: what the machine has to do for an event. Only this file derives seeds. */
import { type Alarm, type Crypto, callSeed, entrySeed } from '@vms/format'
import type { MachineAlarm, MachineRequest, Moment } from '../protocol/types.ts'
import type { AlarmEvent, BootEvent, CallsEvent, InitEvent } from './event.ts'
import type { ExecutionState } from './state.ts'

/** What the derivation of a seed needs. */
export interface Derivation {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
}

/** The time and the randomness of a boot, an init or an alarm. */
export const momentOf = (
  { crypto, ledgerKey }: Derivation,
  { kind, position, time }: BootEvent | InitEvent | AlarmEvent,
): Moment => ({ time, position, seed: entrySeed(crypto, ledgerKey, kind, position) })

/** Throws a RangeError for an alarm that is not pending. */
export function alarmOf(how: Derivation, state: ExecutionState, event: AlarmEvent): MachineAlarm {
  const { id, run } = event
  const { method, args } = pendingAlarm(state, id)
  return { ...momentOf(how, event), id, run: run ? { method, args } : null }
}

export function pendingAlarm({ alarms }: ExecutionState, id: string): Alarm {
  const alarm = alarms.get(id)
  if (!alarm) throw new RangeError(`the alarm ${id} is not pending`)
  return alarm
}

export function requestOf(
  { crypto, ledgerKey }: Derivation,
  { position, time, request }: CallsEvent,
): MachineRequest {
  const { requestId, caller, firstCall = 0 } = request
  const calls = request.calls.map(([method, args], i) => ({
    method,
    args,
    seed: callSeed(crypto, ledgerKey, requestId, firstCall + i),
  }))
  return { position, time, caller, calls }
}
