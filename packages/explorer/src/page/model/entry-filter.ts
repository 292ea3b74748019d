/** Finds the entries that match a filter, from the newest back, and reports how far it has searched. */
import { CHUNK_ENTRIES, type EntryStore } from './entry-store.ts'
import type { EntrySummary, EntryType, Outcome } from './entry-summary.ts'

/** The search. Empty: every entry. */
export interface Filter {
  readonly type: EntryType | ''
  readonly method: string
  /** Part of the caller's id. */
  readonly caller: string
  readonly outcome: Outcome | ''
}

export const anything: Filter = { type: '', method: '', caller: '', outcome: '' }

export const isAnything = ({ type, method, caller, outcome }: Filter): boolean =>
  !type && !method && !caller && !outcome

const fits = (summary: EntrySummary, { type, method, caller, outcome }: Filter): boolean =>
  (!type || summary.type === type) &&
  (!method || summary.methods.includes(method)) &&
  (!caller || (summary.caller?.includes(caller) ?? false)) &&
  (!outcome || summary.outcome === outcome)

/** One search. */
export class EntrySearch {
  readonly filter: Filter
  /** Indexes of the found entries, the newest first. */
  found: number[] = []
  #store: EntryStore
  #onProgress: () => void
  /** The search has covered the entries [low, high). */
  #low: number
  #high: number
  #stopped = false
  #growing: Promise<void> = Promise.resolve()

  constructor(store: EntryStore, filter: Filter, onProgress: () => void) {
    this.filter = filter
    this.#store = store
    this.#onProgress = onProgress
    this.#low = store.length
    this.#high = store.length
  }

  get looked(): number {
    return this.#high - this.#low
  }

  get done(): boolean {
    return this.#low === 0
  }

  /** Searches all entries, the newest first. Rejects if the host does not give an entry. */
  async run(): Promise<void> {
    while (this.#low > 0 && !this.#stopped) {
      const start = Math.floor((this.#low - 1) / CHUNK_ENTRIES) * CHUNK_ENTRIES
      const found = await this.#fitting(start, this.#low)
      if (this.#stopped) return
      this.found.push(...found.toReversed())
      this.#low = start
      this.#onProgress()
    }
  }

  /** Searches the entries that arrived since. */
  grow(): Promise<void> {
    this.#growing = this.#growing.then(async () => {
      while (this.#high < this.#store.length && !this.#stopped) {
        const start = this.#high
        const end = Math.min(
          this.#store.length,
          (Math.floor(start / CHUNK_ENTRIES) + 1) * CHUNK_ENTRIES,
        )
        const found = await this.#fitting(start, end)
        if (this.#stopped) return
        this.found.unshift(...found.toReversed())
        this.#high = end
        this.#onProgress()
      }
    })
    return this.#growing
  }

  stop(): void {
    this.#stopped = true
  }

  /** Indexes of the matching entries in a range within one chunk, in order. */
  async #fitting(start: number, end: number): Promise<number[]> {
    const chunk = await this.#store.chunk(Math.floor(start / CHUNK_ENTRIES))
    return chunk
      .filter(({ index }) => index >= start && index < end)
      .filter((summary) => fits(summary, this.filter))
      .map(({ index }) => index)
  }
}
