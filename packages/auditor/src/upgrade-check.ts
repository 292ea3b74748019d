/**
 * The checks of upgrades that need no replay: who made one, that it is taken into effect when it is due and not before, and that
 * requests had seen it. The state is that of the format; here it is only held against the ledger.
 */
import {
  announceUpgrade,
  type BootEntry,
  bootUpgrade,
  type CallResult,
  callerId,
  canServe,
  FIRST_SCRIPT,
  type FileChange,
  type GenesisEntry,
  isUpgrade,
  type Request,
  readUpgrade,
  type ScriptState,
  type ScriptText,
  sameBytes,
  UPGRADE_METHOD,
  upgradeIsDue,
} from '@vms/format'
import { raise } from './finding.ts'

/** What an entry has to do with an upgrade. */
export type UpgradeStep =
  /** It brings a script: what comes of the call. */
  | { readonly kind: 'announced'; readonly result: CallResult }
  /** It boots the script that was pending; if that cannot be served, the one before goes on. */
  | {
      readonly kind: 'booted'
      readonly script: ScriptText
      readonly served: boolean
      readonly change: FileChange
    }

export class UpgradeCheck {
  #state: ScriptState = FIRST_SCRIPT
  #pending: ScriptText | null = null

  /** Takes in a request that is an upgrade; null for any other. Throws {@link FindingRaised}. */
  call(
    request: Request,
    { index, time, genesis }: { index: number; time: number; genesis: GenesisEntry },
  ): UpgradeStep | null {
    const { head, caller } = request
    const upgrade = isUpgrade(request)
    const place = { entry: index, method: request.calls[0]?.[0] ?? null }
    if (head.length <= this.#state.since) {
      const expected = `a head that includes the boot at entry ${this.#state.since}`
      raise('HEAD_BEFORE_UPGRADE', {
        ...place,
        part: 'head',
        expected,
        got: `length ${head.length}`,
      })
    }
    if (!upgrade) {
      this.runs(index, time)
      return null
    }
    const { callers, delayMs } = genesis.upgrade
    if (typeof caller === 'string' || !callers.some((key) => sameBytes(key, caller))) {
      const expected = callers.length === 0 ? 'nobody' : callers.map(callerId).join(' or ')
      raise('UPGRADE_FORBIDDEN', { ...place, part: 'caller', expected, got: callerId(caller) })
    }
    try {
      this.#pending = readUpgrade(request)
    } catch (error) {
      raise('REQUEST_INVALID', { ...place, part: 'request', got: (error as Error).message })
    }
    const { state, result } = announceUpgrade(this.#state, { entry: index, time, delayMs })
    this.#state = state
    return { kind: 'announced', result }
  }

  /** Something of the script runs: no other script may be due. Throws {@link FindingRaised}. */
  runs(index: number, time: number): void {
    const { pending } = this.#state
    if (!pending || !upgradeIsDue(this.#state, time)) return
    const expected = `a boot of the script of entry ${pending.entry}, due at ${pending.due}`
    raise('UPGRADE_MISSED', {
      entry: index,
      part: 'script',
      expected,
      got: `the script before, at ${time}`,
    })
  }

  /** Takes in a boot; null if it is of the script that ran before. Throws {@link FindingRaised}. */
  boot(entry: BootEntry, index: number): UpgradeStep | null {
    const { time, reason } = entry
    if (reason !== 'upgrade') {
      this.runs(index, time)
      return null
    }
    const { pending } = this.#state
    const script = this.#pending
    if (!pending || !script || !upgradeIsDue(this.#state, time)) {
      const expected = pending ? `not before ${pending.due}` : 'no upgrade: none is pending'
      return raise('UPGRADE_EARLY', {
        entry: index,
        part: 'reason',
        expected,
        got: `an upgrade at ${time}`,
      })
    }
    const served = canServe(entry)
    const { state, change } = bootUpgrade(this.#state, { entry: index, time, served })
    this.#state = state
    this.#pending = null
    return { kind: 'booted', script, served, change }
  }
}

/** Whether a method is one that no boot lists. */
export const isMachineMethod = (method: string): boolean => method === UPGRADE_METHOD
