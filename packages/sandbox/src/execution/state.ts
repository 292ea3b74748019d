/**
 * The state of an execution: what the entries so far decide about the next one. Host and auditor derive the same state from the same
 * entries, because both change it by {@link apply} alone.
 */
import {
  type Alarm,
  type BootEntry,
  type EpochBounds,
  type EpochTally,
  firstTrail,
  type GenesisEntry,
  isSpent,
  NO_EPOCH,
  PendingAlarms,
  type ScriptTrail,
  upgradeIsDue,
} from '@vms/format'

export type BootReason = BootEntry['reason']

/** The genesis settings that an execution uses. */
export type ExecutionSettings = Pick<GenesisEntry, 'script' | 'upgrade'> & EpochBounds

/** An epoch: from one boot to the next. The script's memory lasts for one epoch. */
export interface Epoch {
  /** Why a boot must come next; null if the machine can continue. */
  readonly due: BootReason | null
  /** Entries and calls of the epoch since its boot. */
  readonly tally: EpochTally
  /** The methods that the last boot reported. */
  readonly methods: ReadonlySet<string>
  /** Whether the script has an init that has not run. */
  readonly initDue: boolean
}

export interface ExecutionState {
  readonly settings: ExecutionSettings
  readonly scripts: ScriptTrail
  readonly alarms: PendingAlarms
  readonly epoch: Epoch
}

/** The state after a genesis. */
export const begin = (settings: ExecutionSettings): ExecutionState => ({
  settings,
  scripts: firstTrail(settings.script),
  alarms: PendingAlarms.of([]),
  epoch: { due: 'start', tally: NO_EPOCH, methods: new Set(), initDue: false },
})

/** The state of a service without a machine. `methods`: as the last boot reported them. */
export const resume = (
  parts: Pick<ExecutionState, 'settings' | 'scripts' | 'alarms'> & {
    readonly methods: ReadonlySet<string>
  },
): ExecutionState => {
  const { methods, ...rest } = parts
  return { ...rest, epoch: { due: 'restart', tally: NO_EPOCH, methods, initDue: false } }
}

/** The state after the host lost or discarded the machine: a boot must come next. */
export const withoutMachine = (state: ExecutionState, reason: BootReason): ExecutionState => ({
  ...state,
  epoch: { ...state.epoch, due: reason },
})

/** Why a boot must come next at `time`; null if none is due. */
export function bootDue(
  { settings, scripts, epoch }: ExecutionState,
  time: number,
): BootReason | null {
  if (upgradeIsDue(scripts.state, time)) return 'upgrade'
  return epoch.due ?? (isSpent(epoch.tally, settings) ? 'epoch' : null)
}

/** The alarm that must fire before any call runs at `time`; null if none is due. */
export function alarmDueAt({ alarms }: ExecutionState, time: number): Alarm | null {
  const next = alarms.next()
  return next && next.due <= time ? next : null
}

/** Calls that may run before a boot is due, if each uses little; 0 if a boot is due now. */
export const callsLeft = ({ settings, epoch }: ExecutionState): number =>
  epoch.due === null && !isSpent(epoch.tally, settings)
    ? settings.epochCalls - epoch.tally.calls
    : 0
