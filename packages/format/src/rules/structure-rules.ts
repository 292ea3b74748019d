/**
 * The rules of format.md, "What may stand where", that need no replay. They compare each entry with the entries before it. Auditors stop at
 * the first fault, because a replay after it means nothing. A page continues and shows all faults.
 */
import { sameBytes, toHex } from '../codec/bytes.ts'
import type { Checker, Crypto } from '../crypto/crypto.ts'
import { decodeEntry, type Entry, type GenesisEntry } from '../entries/entry.ts'
import type { LedgerManifest } from '../merkle/manifest.ts'
import type { Report } from './fault.ts'
import { checkOracles } from './oracle-rules.ts'
import {
  checkAlarm,
  checkBoot,
  checkBorder,
  checkDeployed,
  checkEpoch,
  checkPlace,
  checkSigners,
  checkTime,
} from './place-rules.ts'
import { type CheckedRequest, checkRequest, type ReportLater } from './request-rules.ts'
import { RuleState } from './rule-state.ts'
import { checkBootUpgrade, checkRuns, checkUpgrade, type UpgradeStep } from './upgrade-rules.ts'

export {
  AlarmTally,
  type FiredAlarms,
  type WaitingAlarms,
  waitingAlarms,
} from './alarm-tally.ts'
export {
  type FaultDetail,
  type Report,
  STRUCTURE_FAULTS,
  type StructureCode,
  TREE_MISMATCH,
} from './fault.ts'
export { HistoryNotes, type TimeSpan, type UnexplainedBoots } from './history-notes.ts'
export type { CheckedRequest, ReportLater } from './request-rules.ts'
export type { UpgradeStep } from './upgrade-rules.ts'

/** A well-formed entry, with its decoded request if it holds one. */
export interface CheckedEntry extends Partial<CheckedRequest> {
  readonly index: number
  readonly entry: Entry
  readonly upgrade?: UpgradeStep
}

export interface StructureOptions {
  readonly crypto: Checker & Pick<Crypto, 'sha256'>
  readonly ledgerKey: Uint8Array
  /** The data to which the ledger's key commits: the hash of block 0, and the signer of heads. */
  readonly manifest: Pick<LedgerManifest, 'genesisHash' | 'signer'>
  readonly report: Report
  /** Never called if `crypto` is synchronous. */
  readonly later: ReportLater
}

export class StructureRules {
  readonly past: RuleState
  #options: StructureOptions
  #genesis: GenesisEntry | null = null

  constructor(options: StructureOptions) {
    this.#options = options
    this.past = new RuleState(options.crypto)
  }

  /** Checks the next entry and adds it. Returns null for bytes that are no entry. Throws what `report` throws. */
  check(block: Uint8Array): CheckedEntry | null {
    const { past } = this
    const index = past.length
    if (index === 0) this.#checkGenesis(block)
    const entry = this.#decode(block)
    if (entry) {
      const { report } = this.#options
      checkPlace(past, entry, report)
      checkBorder(past, entry, report)
      if (entry.type !== 'genesis') checkTime(past, entry.time, report)
      else this.#genesis ??= entry
      if (entry.type === 'genesis') checkSigners(entry, this.#options.manifest.signer, report)
    }
    const extra = entry && this.#genesis ? this.#checkByType(block, entry, this.#genesis) : {}
    past.append(block, entry !== null && entry.files !== null)
    return entry && { index, entry, ...extra }
  }

  #checkByType(
    block: Uint8Array,
    entry: Entry,
    genesis: GenesisEntry,
  ): Omit<CheckedEntry, 'index' | 'entry'> {
    const { past } = this
    const { report } = this.#options
    const outside = (request: CheckedRequest['request'] | null): void =>
      checkOracles(entry, request, genesis.limits, report)
    switch (entry.type) {
      case 'genesis':
        past.window = genesis.window
        return {}
      case 'boot': {
        checkBoot(past, entry, genesis, report)
        const upgrade = checkBootUpgrade(past, entry, report)
        outside(null)
        past.methods = new Set(entry.methods)
        past.aborted = false
        past.count(block, entry, [])
        past.booted = true
        past.running = entry.outcome.status === 'returned'
        return upgrade ? { upgrade } : {}
      }
      case 'init':
        checkDeployed(entry.outcome, report)
        outside(null)
        past.count(block, entry, [])
        return {}
      case 'calls': {
        const checked = checkRequest(entry, { ...this.#options, past, genesis })
        const { time } = entry
        const upgrade = checked && checkUpgrade(past, checked.request, { time, genesis }, report)
        // An upgrade needs no machine, so no epoch counts it.
        if (!upgrade) checkEpoch(past, genesis, report)
        past.count(block, entry, upgrade ? [] : entry.outcomes)
        outside(checked?.request ?? null)
        return { ...checked, ...(upgrade && { upgrade }) }
      }
      case 'alarm':
        checkEpoch(past, genesis, report)
        checkRuns(past, entry.time, report)
        checkAlarm(past, entry, report)
        outside(null)
        past.count(block, entry, [entry.outcome])
        return {}
      default:
        return entry satisfies never
    }
  }

  #checkGenesis(block: Uint8Array): void {
    const { crypto, manifest, report } = this.#options
    const { genesisHash } = manifest
    const hash = crypto.hash(block)
    if (sameBytes(hash, genesisHash)) return
    const [expected, got] = [toHex(genesisHash), toHex(hash)]
    report('GENESIS_MISMATCH', { part: 'genesis', expected, got })
  }

  #decode(block: Uint8Array): Entry | null {
    try {
      return decodeEntry(block)
    } catch (error) {
      this.#options.report('ENTRY_INVALID', { got: (error as Error).message })
      return null
    }
  }
}
