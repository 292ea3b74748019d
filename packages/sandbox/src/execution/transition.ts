/**
 * The transition: from a state, an event and the machine's answer to the entry, the changes of files, and the next state. A host
 * commits the entry; an auditor compares it with the entry that stands in the ledger.
 */
import {
  type AlarmEntry,
  alarmPath,
  announceScript,
  type BootEntry,
  bootScript,
  type CallsEntry,
  type Crypto,
  callsExecuted,
  canServe,
  encodeEntry,
  type FileChange,
  FormatError,
  type InitEntry,
  NO_EPOCH,
  type Outcome,
  toOutcome,
  withEntry,
} from '@vms/format'
import type { BootReport, CallResult } from '../protocol/types.ts'
import { pendingAlarm } from './commands.ts'
import type { AlarmEvent, BootEvent, CallsEvent, InitEvent, UpgradeEvent } from './event.ts'
import type { Epoch, ExecutionState } from './state.ts'

export type ExecutedEntry = BootEntry | InitEntry | AlarmEntry | CallsEntry

export interface Step<E extends ExecutedEntry = ExecutedEntry> {
  /** The state after the entry. */
  readonly state: ExecutionState
  /** The entry, without the borders of its group. */
  readonly entry: E
  readonly changes: readonly FileChange[]
}

const noBorder = { root: null, files: null } as const

export function applyBoot(
  crypto: Crypto,
  state: ExecutionState,
  { position, time, reason }: BootEvent,
  { outcome, methods, hasInit, engine, scriptHash }: BootReport,
): Step<BootEntry> {
  const served = canServe({ outcome, methods })
  const upgrade =
    reason === 'upgrade' ? bootScript(state.scripts, { entry: position, time, served }) : null
  // A top level that failed may return the next time. After an upgrade that cannot be served, the script before has to boot again.
  const failed = outcome.status !== 'returned' || (upgrade !== null && !served)
  const epoch: Epoch = {
    due: failed ? 'restart' : null,
    tally: NO_EPOCH,
    methods: new Set(methods),
    initDue: hasInit && state.epoch.due === 'start',
  }
  const entry: BootEntry = {
    type: 'boot',
    reason,
    time,
    engine,
    scriptHash,
    outcome: toOutcome(crypto, outcome),
    methods,
    ...noBorder,
  }
  return {
    state: counted({ ...state, epoch, scripts: upgrade?.trail ?? state.scripts }, entry, 0),
    entry,
    changes: upgrade ? [upgrade.change] : [],
  }
}

export function applyInit(
  crypto: Crypto,
  state: ExecutionState,
  { time }: InitEvent,
  result: CallResult,
): Step<InitEntry> {
  const { changes } = result
  const epoch = { ...state.epoch, initDue: false }
  const entry: InitEntry = {
    type: 'init',
    time,
    outcome: toOutcome(crypto, result),
    ...noBorder,
  }
  const next = { ...state, epoch, alarms: state.alarms.apply(changes) }
  return { state: counted(next, entry, 0), entry, changes }
}

/** The alarm is no longer pending, whatever came of it. */
export function applyAlarm(
  crypto: Crypto,
  state: ExecutionState,
  { id, time }: AlarmEvent,
  result: CallResult,
): Step<AlarmEntry> {
  const { due, method, args } = pendingAlarm(state, id)
  const outcome = toOutcome(crypto, result)
  const entry: AlarmEntry = {
    type: 'alarm',
    ...{ id, due, method, args, time, outcome },
    ...noBorder,
  }
  return {
    state: afterCalls({ ...state, alarms: state.alarms.without(id) }, entry, [result]),
    entry,
    changes: [{ path: alarmPath(id), kind: 'deleted' }, ...result.changes],
  }
}

export function applyCalls(
  crypto: Crypto,
  state: ExecutionState,
  event: CallsEvent,
  results: readonly CallResult[],
): Step<CallsEntry> {
  const outcomes = results.map((result) => toOutcome(crypto, result))
  const entry = callsEntry(event, outcomes)
  return {
    state: afterCalls(state, entry, results),
    entry,
    changes: results.flatMap(({ changes }) => changes),
  }
}

export function applyUpgrade(
  crypto: Crypto,
  state: ExecutionState,
  event: UpgradeEvent,
): Step<CallsEntry> {
  const { position, time, request } = event
  const { delayMs } = state.settings.upgrade
  const announced = { entry: position, time, delayMs }
  const { trail, result } = announceScript(state.scripts, request, announced)
  const entry = callsEntry(event, [toOutcome(crypto, result)])
  // It needs no machine, so no epoch counts its call.
  const next = counted({ ...state, scripts: trail }, entry, 0)
  return { state: next, entry, changes: result.changes }
}

const callsEntry = (
  { request, time }: CallsEvent | UpgradeEvent,
  outcomes: Outcome[],
): CallsEntry => ({
  type: 'calls',
  request: request.bytes,
  signature: request.signature,
  time,
  outcomes,
  ...noBorder,
})

/** An entry counts towards its epoch. */
const counted = (state: ExecutionState, entry: ExecutedEntry, calls: number): ExecutionState => {
  const { epoch } = state
  const tally = withEntry(epoch.tally, entry, encodedBytes(entry), calls)
  return { ...state, epoch: { ...epoch, tally } }
}

/** Bytes of an entry; 0 for one without an encoding, which no ledger takes. */
function encodedBytes(entry: ExecutedEntry): number {
  try {
    return encodeEntry(entry).length
  } catch (error) {
    if (error instanceof FormatError) return 0
    throw error
  }
}

/** An abort ends the epoch, and changes set and cancel alarms. */
function afterCalls(
  before: ExecutionState,
  entry: AlarmEntry | CallsEntry,
  results: readonly CallResult[],
): ExecutionState {
  const state = counted(before, entry, callsExecuted(results))
  const { epoch } = state
  const aborted = results.some(({ status }) => status === 'aborted')
  return {
    ...state,
    alarms: results.reduce((alarms, { changes }) => alarms.apply(changes), state.alarms),
    epoch: { ...epoch, due: aborted ? 'abort' : epoch.due },
  }
}
