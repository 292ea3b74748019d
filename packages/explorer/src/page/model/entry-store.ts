/**
 * The entries of a ledger for a list, by index. The store loads them in chunks on demand; the client proves each under its verified head.
 */
import type { LedgerReader } from '@vms/client'
import { type EntrySummary, summarize } from './entry-summary.ts'

/** Entries per chunk. */
export const CHUNK_ENTRIES = 128

/** Most chunks in memory: 128,000 entries. The least recently used chunk goes first. */
const KEPT_CHUNKS = 1_000

/** Most chunks loading at a time; the newest request goes first. */
const LOADING_CHUNKS = 3

export class EntryStore {
  #ledger: () => LedgerReader
  #onLoad: () => void
  #onError: (error: Error) => void
  #chunks = new Map<number, EntrySummary[]>()
  #wanted: number[] = []
  #loading = new Map<number, Promise<void>>()

  constructor(options: {
    readonly ledger: () => LedgerReader
    readonly onLoad: () => void
    readonly onError: (error: Error) => void
  }) {
    this.#ledger = options.ledger
    this.#onLoad = options.onLoad
    this.#onError = options.onError
  }

  /** Number of entries now. */
  get length(): number {
    return this.#ledger().head.length
  }

  /** The entry at an index; null if it is not loaded. */
  peek(index: number): EntrySummary | null {
    const chunk = Math.floor(index / CHUNK_ENTRIES)
    const found = this.#chunks.get(chunk)
    if (!found) return null
    this.#chunks.delete(chunk)
    this.#chunks.set(chunk, found)
    return found[index % CHUNK_ENTRIES] ?? null
  }

  /** Loads the entries at `indexes`. Forgets earlier requests that have not begun. */
  want(indexes: readonly number[]): void {
    const chunks = new Set(indexes.map((index) => Math.floor(index / CHUNK_ENTRIES)))
    this.#wanted = [...chunks].filter((chunk) => !this.#isWhole(chunk))
    this.#pump()
  }

  /** The entries of a chunk. Loads missing ones. */
  async chunk(chunk: number): Promise<readonly EntrySummary[]> {
    if (!this.#isWhole(chunk)) await (this.#loading.get(chunk) ?? this.#load(chunk))
    return this.#chunks.get(chunk) ?? []
  }

  /** Whether the store has all present entries of the chunk. */
  #isWhole(chunk: number): boolean {
    const start = chunk * CHUNK_ENTRIES
    const expected = Math.min(CHUNK_ENTRIES, this.length - start)
    return (this.#chunks.get(chunk)?.length ?? 0) >= expected
  }

  #pump(): void {
    while (this.#loading.size < LOADING_CHUNKS) {
      const chunk = this.#wanted.shift()
      if (chunk === undefined) return
      if (this.#loading.has(chunk) || this.#isWhole(chunk)) continue
      this.#load(chunk).then(
        () => {
          this.#onLoad()
          this.#pump()
        },
        (error: Error) => this.#onError(error),
      )
    }
  }

  #load(chunk: number): Promise<void> {
    const load = (async () => {
      const start = chunk * CHUNK_ENTRIES
      const kept = this.#chunks.get(chunk) ?? []
      const end = Math.min(start + CHUNK_ENTRIES, this.length)
      const found = [...kept]
      for await (const entry of this.#ledger().entries(start + kept.length, end)) {
        found.push(summarize(entry))
      }
      this.#chunks.delete(chunk)
      this.#chunks.set(chunk, found)
      for (const old of this.#chunks.keys()) {
        if (this.#chunks.size <= KEPT_CHUNKS) break
        this.#chunks.delete(old)
      }
    })().finally(() => this.#loading.delete(chunk))
    this.#loading.set(chunk, load)
    return load
  }
}
