/**
 * What the ledger so far implies for the next entry: trees, time, group ends, requests that may not come again, the epoch.
 * Bounded: ids are forgotten once they have expired, group ends once they are out of the window.
 */
import { type Crypto, leafNode, Rfc6962Range, sameBytes, TreeRoots } from '@vms/format'

/** Entries between two clean-ups of what is remembered. */
const PRUNE_ENTRIES = 4_096

export class Chronicle {
  readonly tree: TreeRoots
  readonly #rfc: Rfc6962Range
  #crypto: Crypto
  #ends = new Map<number, Uint8Array>()
  #seen = new Map<string, number>()
  /** Time of the last entry that has one, in milliseconds. */
  time = 0
  methods: ReadonlySet<string> = new Set()
  /** Calls executed since the last boot. */
  epochCalls = 0
  /** Whether the last call of the epoch aborted, so that a boot must follow. */
  aborted = false
  booted = false
  /** Whether the top level of the last boot returned. */
  running = false
  window = 0

  constructor(crypto: Crypto) {
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

  append(block: Uint8Array): void {
    this.tree.append(leafNode(this.#crypto, this.length, block))
    this.#rfc.append(block)
    if (this.length % PRUNE_ENTRIES === 0) this.#prune()
  }

  /** Notes that a group ends here. */
  endGroup(): void {
    this.#ends.set(this.length, this.tree.hash())
  }

  /** Whether a group ended at `length` with this tree hash. */
  isEnd(length: number, treeHash: Uint8Array): boolean {
    const hash = this.#ends.get(length)
    return hash !== undefined && sameBytes(hash, treeHash)
  }

  /** Notes a request; false if it already stands in the ledger. */
  admit(id: string, expires: number): boolean {
    if (this.#seen.has(id)) return false
    this.#seen.set(id, expires)
    return true
  }

  #prune(): void {
    // An expired request is refused for its time, so its id need not be remembered.
    for (const [id, expires] of this.#seen) if (expires < this.time) this.#seen.delete(id)
    for (const length of this.#ends.keys()) {
      if (this.length - length <= this.window) break
      this.#ends.delete(length)
    }
  }
}
