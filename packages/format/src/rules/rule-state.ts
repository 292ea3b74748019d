/**
 * The state that the entries so far imply for the next entry: trees, time, group ends, known requests, the epoch, the script. It is
 * bounded: it drops ids that have expired, and group ends outside of the window.
 */
import { sameBytes, toHex } from '../codec/bytes.ts'
import type { Crypto, Hasher } from '../crypto/crypto.ts'
import type { Entry } from '../entries/entry.ts'
import { type EpochTally, NO_EPOCH, unborderedBytes, withEntry } from '../entries/epoch.ts'
import { callsExecuted, type Outcome } from '../entries/outcome.ts'
import { FIRST_SCRIPT, type ScriptState, type ScriptText } from '../entries/upgrade.ts'
import { Rfc6962Range } from '../merkle/rfc6962.ts'
import { leafNode, TreeRoots } from '../merkle/tree.ts'

/** Entries between two clean-ups of the remembered ids and group ends. */
const PRUNE_ENTRIES = 4_096

export class RuleState {
  readonly tree: TreeRoots
  readonly #crypto: Hasher
  readonly #rfc: Rfc6962Range
  readonly #ends = new Map<number, Uint8Array>()
  readonly #seen = new Map<string, number>()
  /** Whether the next entry begins a group: if not, the ledger stops in the middle of one. */
  atBorder = true
  groups = 0
  /** Time of the last entry that has one, in milliseconds. */
  time = 0
  methods: ReadonlySet<string> = new Set()
  /** Entries and calls of the epoch, its boot included. */
  epoch: EpochTally = NO_EPOCH
  /** Whether a call of the epoch aborted, so that a boot must follow. */
  aborted = false
  booted = false
  /** Whether the top level of the last boot returned. */
  running = false
  window = 0
  /** The script that runs, and the pending one. */
  script: ScriptState = FIRST_SCRIPT
  /** The text of the pending script. */
  pendingScript: ScriptText | null = null

  constructor(crypto: Hasher & Pick<Crypto, 'sha256'>) {
    this.#crypto = crypto
    this.tree = new TreeRoots(crypto)
    this.#rfc = new Rfc6962Range(crypto)
  }

  /** Number of entries so far: the index of the next one. */
  get length(): number {
    return this.tree.length
  }

  /** RFC 6962 root of the entries so far. */
  root(): Uint8Array {
    return this.#rfc.root()
  }

  /** Adds an entry. `endsGroup`: it has a files head. */
  append(block: Uint8Array, endsGroup: boolean): void {
    const leaf = leafNode(this.#crypto, this.length, block)
    this.tree.append(leaf)
    this.#rfc.append(leaf.hash)
    this.atBorder = endsGroup
    if (endsGroup) {
      this.groups += 1
      this.#ends.set(this.length, this.tree.hash())
    }
    if (this.length % PRUNE_ENTRIES === 0) this.#prune()
  }

  /** Whether a group ended at `length` with this tree hash. */
  isEnd(length: number, treeHash: Uint8Array): boolean {
    const hash = this.#ends.get(length)
    return hash !== undefined && sameBytes(hash, treeHash)
  }

  /** Records a request. Returns false if the ledger already holds it. */
  admit(id: Uint8Array, expires: number): boolean {
    const key = toHex(id)
    if (this.#seen.has(key)) return false
    this.#seen.set(key, expires)
    return true
  }

  /** Counts an entry, with its executed calls, towards the epoch. */
  count(block: Uint8Array, entry: Entry, outcomes: readonly Outcome[]): void {
    const bytes = unborderedBytes(block.length, entry)
    this.epoch = withEntry(this.epoch, entry, bytes, callsExecuted(outcomes))
    this.aborted ||= outcomes.some(({ status }) => status === 'aborted')
  }

  #prune(): void {
    // The rule of time refuses an expired request, so its id need not be kept.
    for (const [id, expires] of this.#seen) if (expires < this.time) this.#seen.delete(id)
    for (const length of this.#ends.keys()) {
      if (this.length - length <= this.window) break
      this.#ends.delete(length)
    }
  }
}
