/**
 * The checks that need no replay: form, place, borders, time, requests, signatures, epochs. Each finding of these is
 * proven: who has the bytes can check it without running anything.
 */
import {
  type AlarmEntry,
  type BootEntry,
  type Crypto,
  callsExecuted,
  decodeEntry,
  type Entry,
  type GenesisEntry,
  type Outcome,
  sameBytes,
  toHex,
} from '@vms/format'
import { knownSemantics, knowsSemantics, releaseOfSemantics, runsOn } from '@vms/sandbox'
import type { Chronicle } from './chronicle.ts'
import { raise } from './finding.ts'
import { checkOracles } from './oracle-check.ts'
import { type CheckedRequest, RequestCheck } from './request-check.ts'
import { UpgradeCheck, type UpgradeStep } from './upgrade-check.ts'

/** An entry that passed, with what was decoded on the way if it holds a request. */
export interface CheckedEntry extends CheckedExtra {
  readonly index: number
  readonly entry: Entry
}

interface CheckedExtra extends Partial<CheckedRequest> {
  readonly upgrade?: UpgradeStep
}

export interface StructureOptions {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  /** Hash that block 0 must have: the ledger's key commits to it. */
  readonly genesisHash: Uint8Array
  readonly chronicle: Chronicle
}

export class Structure {
  #crypto: Crypto
  #requests: RequestCheck
  #genesisHash: Uint8Array
  #chronicle: Chronicle
  readonly #upgrades = new UpgradeCheck()
  #genesis: GenesisEntry | null = null
  #groupStart = true

  constructor({ crypto, ledgerKey, genesisHash, chronicle }: StructureOptions) {
    this.#crypto = crypto
    this.#requests = new RequestCheck({ crypto, ledgerKey, chronicle })
    this.#genesisHash = genesisHash
    this.#chronicle = chronicle
  }

  get genesis(): GenesisEntry {
    if (!this.#genesis) throw new Error('the genesis has not been read yet')
    return this.#genesis
  }

  /** Whether the next entry begins a group: if not, the ledger stops in the middle of one. */
  get atBorder(): boolean {
    return this.#groupStart
  }

  /** Checks the next entry and takes it into the chronicle. Throws {@link FindingRaised}. */
  check(block: Uint8Array): CheckedEntry {
    const index = this.#chronicle.length
    if (index === 0) this.#checkGenesis(block)
    const entry = this.#decode(block, index)
    this.#checkPlace(entry, index)
    this.#checkBorder(entry, index)
    if (entry.type !== 'genesis') this.#checkTime(entry.time, index)
    const extra = this.#checkByType(entry, index)
    checkOracles({ index, entry, ...extra }, this.genesis.limits)
    this.#chronicle.append(block)
    this.#groupStart = entry.files !== null
    if (this.#groupStart) this.#chronicle.endGroup()
    return { index, entry, ...extra }
  }

  #checkByType(entry: Entry, index: number): CheckedExtra {
    const chronicle = this.#chronicle
    switch (entry.type) {
      case 'genesis':
        this.#genesis = entry
        chronicle.window = entry.window
        checkSemantics(entry.semantics)
        return {}
      case 'boot': {
        this.#checkBoot(entry.reason, index)
        const upgrade = this.#upgrades.boot(entry, index)
        checkEngine(this.genesis.semantics, entry, index)
        if (!chronicle.booted) this.#checkDeployed(entry.outcome, index)
        chronicle.methods = new Set(entry.methods)
        chronicle.epochCalls = 0
        chronicle.aborted = false
        chronicle.booted = true
        chronicle.running = entry.outcome.status === 'returned'
        return upgrade ? { upgrade } : {}
      }
      case 'init':
        this.#checkDeployed(entry.outcome, index)
        return {}
      case 'calls': {
        const checked = this.#requests.check(entry, index, this.genesis)
        const place = { index, time: entry.time, genesis: this.genesis }
        const upgrade = this.#upgrades.call(checked.request, place)
        // Needs no machine, so no epoch counts it.
        if (upgrade) return { ...checked, upgrade }
        this.#checkEpoch(index)
        this.#count(entry.outcomes)
        return checked
      }
      case 'alarm':
        this.#checkEpoch(index)
        this.#upgrades.runs(index, entry.time)
        checkAlarm(entry, index, chronicle)
        this.#count([entry.outcome])
        return {}
      default:
        return entry satisfies never
    }
  }

  #checkGenesis(block: Uint8Array): void {
    const hash = this.#crypto.hash(block)
    if (!sameBytes(hash, this.#genesisHash))
      raise('GENESIS_MISMATCH', {
        entry: 0,
        part: 'genesis',
        expected: toHex(this.#genesisHash),
        got: toHex(hash),
      })
  }

  #decode(block: Uint8Array, index: number): Entry {
    try {
      return decodeEntry(block)
    } catch (error) {
      return raise('ENTRY_INVALID', { entry: index, got: (error as Error).message })
    }
  }

  #checkPlace(entry: Entry, index: number): void {
    const wrong = (expected: string): never =>
      raise('ENTRY_MISPLACED', { entry: index, part: 'type', expected, got: entry.type })
    if ((entry.type === 'genesis') !== (index === 0))
      wrong(index === 0 ? 'genesis' : 'boot, init, calls or alarm')
    if (index === 1 && entry.type !== 'boot') wrong('boot')
    if (entry.type === 'init' && (index !== 2 || this.#groupStart))
      wrong('init only right after the first boot, in the group of the genesis')
    if (index === 1 && this.#groupStart) wrong('boot in the group of the genesis')
  }

  #checkBorder(entry: Entry, index: number): void {
    const expected = this.#groupStart ? this.#chronicle.root() : null
    if ((entry.root === null) !== (expected === null)) {
      raise('BORDER_INVALID', {
        entry: index,
        part: 'root',
        expected: expected ? toHex(expected) : 'none inside a group',
        got: entry.root ? toHex(entry.root) : 'none',
      })
    }
    if (entry.root && expected && !sameBytes(entry.root, expected)) {
      raise('ROOT_MISMATCH', {
        entry: index,
        part: 'root',
        expected: toHex(expected),
        got: toHex(entry.root),
      })
    }
  }

  #checkTime(time: number, index: number): void {
    if (time < this.#chronicle.time) {
      raise('TIME_BACKWARDS', {
        entry: index,
        part: 'time',
        expected: `at least ${this.#chronicle.time}`,
        got: String(time),
      })
    }
    this.#chronicle.time = time
  }

  #checkBoot(reason: string, index: number): void {
    const { epochCalls, aborted, booted } = this.#chronicle
    const allowed = !booted
      ? ['start']
      : [
          'restart',
          'refusal',
          // By itself, so that its machine reads the files of all groups before.
          ...(this.#groupStart ? ['upgrade'] : []),
          ...(aborted ? ['abort'] : []),
          ...(epochCalls >= this.genesis.epochCalls ? ['epoch'] : []),
        ]
    if (!allowed.includes(reason))
      raise('ENTRY_MISPLACED', {
        entry: index,
        part: 'reason',
        expected: allowed.join(' or '),
        got: reason,
      })
  }

  #checkDeployed({ status }: Outcome, index: number): void {
    if (status !== 'returned')
      raise('ENTRY_MISPLACED', {
        entry: index,
        part: 'outcome',
        expected: 'no service: its deployment failed',
        got: status,
      })
  }

  #count(outcomes: readonly Outcome[]): void {
    const chronicle = this.#chronicle
    chronicle.epochCalls += callsExecuted(outcomes)
    chronicle.aborted ||= outcomes.some(({ status }) => status === 'aborted')
  }

  #checkEpoch(index: number): void {
    const chronicle = this.#chronicle
    if (chronicle.aborted || chronicle.epochCalls >= this.genesis.epochCalls) {
      raise('EPOCH_OVERRUN', {
        entry: index,
        expected: 'a boot',
        got: chronicle.aborted
          ? 'calls after an abort'
          : `call ${chronicle.epochCalls + 1} of the epoch`,
      })
    }
  }
}

// Whether it was pending, only a replay can say.
function checkAlarm(entry: AlarmEntry, index: number, { running }: Chronicle): void {
  const { time, due, method } = entry
  if (time < due) {
    const [expected, got] = [`at least ${due}`, String(time)]
    raise('ALARM_EARLY', { entry: index, method, part: 'time', expected, got })
  }
  if (running) return
  const expected = 'a boot whose top level returned'
  raise('ENTRY_MISPLACED', { entry: index, method, part: 'type', expected, got: 'alarm' })
}

function checkSemantics(semantics: number): void {
  if (knowsSemantics(semantics)) return
  raise('SEMANTICS_UNKNOWN', {
    entry: 0,
    part: 'semantics',
    expected: knownSemantics.map(({ number }) => number).join(', '),
    got: String(semantics),
    cause: `the ledger was recorded with semantics ${semantics}: verify it with ${releaseOfSemantics(semantics)}`,
  })
}

// A host may not excuse a difference by an engine that its machine would have refused to run on.
function checkEngine(semantics: number, { engine }: BootEntry, index: number): void {
  if (runsOn(semantics, engine)) return
  raise('ENGINE_UNLISTED', { entry: index, part: 'engine', got: JSON.stringify(engine) })
}
