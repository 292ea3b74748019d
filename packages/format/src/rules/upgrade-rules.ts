/**
 * The rules of format.md for upgrades: who may announce one, that it takes effect when it is due and not before, and that requests had seen
 * it.
 */
import { sameBytes } from '../codec/bytes.ts'
import type { BootEntry, GenesisEntry } from '../entries/entry.ts'
import type { FileChange } from '../entries/files.ts'
import type { CallResult } from '../entries/outcome.ts'
import { callerId, type Request } from '../entries/request.ts'
import {
  announceUpgrade,
  bootUpgrade,
  canServe,
  isUpgrade,
  readUpgrade,
  type ScriptText,
  upgradeIsDue,
} from '../entries/upgrade.ts'
import type { Report } from './fault.ts'
import type { RuleState } from './rule-state.ts'

/** The role of an entry in an upgrade. */
export type UpgradeStep =
  /** The entry announces a script. `result`: the result of the call. */
  | { readonly kind: 'announced'; readonly result: CallResult }
  /** The entry boots the pending script. If that script cannot be served, the previous one continues. */
  | {
      readonly kind: 'booted'
      readonly script: ScriptText
      readonly served: boolean
      readonly change: FileChange
    }

/** Checks a request at `time` that may be an upgrade; null if it is none. */
export function checkUpgrade(
  past: RuleState,
  request: Request,
  { time, genesis }: { readonly time: number; readonly genesis: GenesisEntry },
  report: Report,
): UpgradeStep | null {
  const { head, caller } = request
  const method = request.calls[0]?.[0] ?? null
  const { since } = past.script
  if (head.length <= since && since > 0) {
    const expected = `a head that includes the boot at entry ${since}`
    const got = `length ${head.length}`
    report('HEAD_BEFORE_UPGRADE', { method, part: 'head', expected, got })
  }
  if (!isUpgrade(request)) {
    checkRuns(past, time, report)
    return null
  }
  const { callers, delayMs } = genesis.upgrade
  if (typeof caller === 'string' || !callers.some((key) => sameBytes(key, caller))) {
    const expected = callers.length === 0 ? 'nobody' : callers.map(callerId).join(' or ')
    report('UPGRADE_FORBIDDEN', { method, part: 'caller', expected, got: callerId(caller) })
  }
  past.pendingScript = null
  try {
    past.pendingScript = readUpgrade(request)
  } catch (error) {
    report('REQUEST_INVALID', { method, part: 'request', got: (error as Error).message })
  }
  const { state, result } = announceUpgrade(past.script, { entry: past.length, time, delayMs })
  past.script = state
  return { kind: 'announced', result }
}

/** An entry runs the current script, so no other script may be due. */
export function checkRuns({ script }: RuleState, time: number, report: Report): void {
  const { pending } = script
  if (!pending || !upgradeIsDue(script, time)) return
  report('UPGRADE_MISSED', {
    part: 'script',
    expected: `a boot of the script of entry ${pending.entry}, due at ${pending.due}`,
    got: `the script before, at ${time}`,
  })
}

/** Checks a boot; null if it boots the script that ran before. */
export function checkBootUpgrade(
  past: RuleState,
  entry: BootEntry,
  report: Report,
): UpgradeStep | null {
  const { time, reason } = entry
  if (reason !== 'upgrade') {
    checkRuns(past, time, report)
    return null
  }
  const { pending } = past.script
  if (!pending || !upgradeIsDue(past.script, time)) {
    const expected = pending ? `not before ${pending.due}` : 'no upgrade: none is pending'
    report('UPGRADE_EARLY', { part: 'reason', expected, got: `an upgrade at ${time}` })
    return null
  }
  const served = canServe(entry)
  const script = past.pendingScript
  const { state, change } = bootUpgrade(past.script, { entry: past.length, time, served })
  past.script = state
  past.pendingScript = null
  return script && { kind: 'booted', script, served, change }
}
