/**
 * The transition: from a state, an event and the machine's answer, it derives the entry, the changes of files, and the next state. A host
 * commits the entry. An auditor compares it with the ledger's entry.
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
  /** The encoding of `entry`; null if the codec cannot encode it, so that no ledger accepts it. */
  readonly bytes: Uint8Array | null
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
  // A top level that failed may return the next time. After an upgrade whose script cannot be served, the previous script has to boot
  // again.
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
  const next = { ...state, epoch, scripts: upgrade?.trail ?? state.scripts }
  return stepTo(next, entry, 0, upgrade ? [upgrade.change] : [])
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
  return stepTo(next, entry, 0, changes)
}

/** The alarm is no longer pending, whatever its outcome. */
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
  const next = afterCalls({ ...state, alarms: state.alarms.without(id) }, [result])
  const fired: FileChange = { path: alarmPath(id), kind: 'deleted' }
  return stepTo(next, entry, callsExecuted([result]), [fired, ...result.changes])
}

export function applyCalls(
  crypto: Crypto,
  state: ExecutionState,
  event: CallsEvent,
  results: readonly CallResult[],
): Step<CallsEntry> {
  const outcomes = results.map((result) => toOutcome(crypto, result))
  const entry = callsEntry(event, outcomes)
  const changes = results.flatMap((result) => result.changes)
  return stepTo(afterCalls(state, results), entry, callsExecuted(results), changes)
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
  // An upgrade needs no machine, so no epoch counts it as a call.
  return stepTo({ ...state, scripts: trail }, entry, 0, result.changes)
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

/** Makes the step to a state. The entry, with its executed calls, counts towards the epoch. */
function stepTo<E extends ExecutedEntry>(
  state: ExecutionState,
  entry: E,
  calls: number,
  changes: readonly FileChange[],
): Step<E> {
  const bytes = encoded(entry)
  const { epoch } = state
  const tally = withEntry(epoch.tally, entry, bytes?.length ?? 0, calls)
  return { state: { ...state, epoch: { ...epoch, tally } }, entry, bytes, changes }
}

function encoded(entry: ExecutedEntry): Uint8Array | null {
  try {
    return encodeEntry(entry)
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

/** An abort ends the epoch. Changes set and cancel alarms. */
function afterCalls(state: ExecutionState, results: readonly CallResult[]): ExecutionState {
  const { epoch } = state
  const aborted = results.some(({ status }) => status === 'aborted')
  return {
    ...state,
    alarms: results.reduce((alarms, { changes }) => alarms.apply(changes), state.alarms),
    epoch: { ...epoch, due: aborted ? 'abort' : epoch.due },
  }
}
