/**
 * Upgrades. A call of a reserved method brings a new script for a service. The genesis defines who may make the call, and how long before
 * the script takes effect. A file that only the machine writes records which upgrade is in effect.
 */

import { RecordError } from '../codec/errors.ts'
import { decodeRecord, encodeRecord } from '../codec/record.ts'
import { type Infer, integer, nullable, record } from '../codec/schema.ts'
import { decodeValue, encodeValue } from '../codec/value.ts'
import type { FileChange } from './files.ts'
import { scriptShape } from './genesis.ts'
import { ENTRY_BYTES, TIME_MS } from './limits.ts'
import type { CallResult } from './outcome.ts'
import type { Request } from './request.ts'
import { SCRIPT_FILE } from './reserved.ts'

/** The method that takes a new script. A script cannot have a method whose name begins with `vms:`. */
export const UPGRADE_METHOD = 'vms:upgrade'

/** Keys of the upgrade's argument, a value that holds the new script. The declarations are optional. */
const SCRIPT_KEYS = 'name,title,source'

/** A script, as a genesis or an upgrade holds it. */
export type ScriptText = Infer<typeof scriptShape>

const stateShape = record({
  current: nullable(integer()),
  since: integer(),
  pending: nullable(record({ entry: integer(), due: integer(TIME_MS) })),
})

/**
 * - `current`: index of the entry that brought the script that runs; null for the genesis.
 * - `since`: index of the boot that took it into effect, 0 for the genesis: requests must have seen it.
 * - `pending`: index of the upgrade that is to come, and the time from which on nothing runs before it is in effect.
 */
export type ScriptState = Infer<typeof stateShape>

export const FIRST_SCRIPT: ScriptState = { current: null, since: 0, pending: null }

/** Bytes of the largest state: its whole numbers have at most 9. */
const STATE_BYTES = 64

export const decodeScriptState = (bytes: Uint8Array): ScriptState =>
  decodeRecord(stateShape, bytes, { maxBytes: STATE_BYTES })

/** Whether a request is an upgrade. */
export const isUpgrade = ({ calls }: Pick<Request, 'calls'>): boolean =>
  calls.some(([method]) => method === UPGRADE_METHOD)

/** The script of an upgrade, which is alone in its request. Throws {@link RecordError}, or what the decoder throws. */
export function readUpgrade({ calls }: Pick<Request, 'calls'>): ScriptText {
  const [call, ...others] = calls
  if (!call || others.length > 0) throw new RecordError('$.calls', 'an upgrade goes alone')
  const args = decodeValue(call[1])
  const script: unknown = Array.isArray(args) && args.length === 1 ? args[0] : null
  if (typeof script !== 'object' || script === null)
    throw new RecordError('$.calls[0]', 'an upgrade has one argument, the script')
  const keys = Object.keys(script).join()
  if (keys !== SCRIPT_KEYS && keys !== `${SCRIPT_KEYS},declarations`)
    throw new RecordError('$.calls[0].args[0]', `expected an object of ${SCRIPT_KEYS}`)
  const whole = { declarations: '', ...script } as ScriptText
  encodeRecord(scriptShape, whole, ENTRY_BYTES)
  return whole
}

/** The file change that an entry of `time` makes to record the state. */
const scriptChange = (state: ScriptState, time: number): FileChange => ({
  path: SCRIPT_FILE,
  kind: 'file',
  data: encodeRecord(stateShape, state, STATE_BYTES),
  mtime: time,
})

/** The state after an entry, and the file change that records it. */
export interface ScriptStep {
  readonly state: ScriptState
  readonly change: FileChange
}

/** Announces an upgrade at `entry`. It replaces an upgrade that was still pending. Returns the outcome of the call as well. */
export function announceUpgrade(
  state: ScriptState,
  { entry, time, delayMs }: { entry: number; time: number; delayMs: number },
): ScriptStep & { readonly result: CallResult } {
  const due = Math.min(time + delayMs, TIME_MS)
  const next = { ...state, pending: { entry, due } }
  const change = scriptChange(next, time)
  const result: CallResult = {
    status: 'returned',
    value: encodeValue(due),
    error: null,
    abort: null,
    changes: [change],
    oracles: [],
    fuel: 0,
  }
  return { state: next, change, result }
}

/** Whether the pending upgrade must take effect before anything else runs at `time`. */
export const upgradeIsDue = ({ pending }: ScriptState, time: number): boolean =>
  pending !== null && pending.due <= time

/** Whether a host can serve a script: its top level returned, and it has a method. */
export const canServe = (boot: {
  readonly outcome: { readonly status: CallResult['status'] }
  readonly methods: readonly string[]
}): boolean => boot.outcome.status === 'returned' && boot.methods.length > 0

/** Boots the pending script at `entry`. The script is then in effect, or dropped if it cannot be served. */
export function bootUpgrade(
  { current, since, pending }: ScriptState,
  { entry, time, served }: { entry: number; time: number; served: boolean },
): ScriptStep {
  if (!pending) throw new Error('no upgrade is pending')
  const state: ScriptState = served
    ? { current: pending.entry, since: entry, pending: null }
    : { current, since, pending: null }
  return { state, change: scriptChange(state, time) }
}

/** The scripts of a service: the running one and the pending one. */
export interface ScriptTrail {
  readonly state: ScriptState
  /** The script that runs. */
  readonly current: ScriptText
  /** The script of the pending upgrade. */
  readonly pending: ScriptText | null
}

/** The scripts of a service that no upgrade has changed. */
export const firstTrail = (script: ScriptText): ScriptTrail => ({
  state: FIRST_SCRIPT,
  current: script,
  pending: null,
})

/** The script that has to boot at `time`. */
export const scriptAt = ({ state, current, pending }: ScriptTrail, time: number): ScriptText =>
  pending && upgradeIsDue(state, time) ? pending : current

/** Announces the upgrade of a request at `entry`. Throws the errors of {@link readUpgrade}. */
export function announceScript(
  trail: ScriptTrail,
  request: Pick<Request, 'calls'>,
  at: { readonly entry: number; readonly time: number; readonly delayMs: number },
): { readonly trail: ScriptTrail; readonly result: CallResult } {
  const pending = readUpgrade(request)
  const { state, result } = announceUpgrade(trail.state, at)
  return { trail: { ...trail, state, pending }, result }
}

/** Boots the pending script at `entry`. If that script cannot be served, the previous one continues. */
export function bootScript(
  trail: ScriptTrail,
  at: { readonly entry: number; readonly time: number; readonly served: boolean },
): { readonly trail: ScriptTrail; readonly change: FileChange } {
  const { state, change } = bootUpgrade(trail.state, at)
  const current = at.served && trail.pending ? trail.pending : trail.current
  return { trail: { state, current, pending: null }, change }
}
