/**
 * Recall of the requests from before this process: a replay guard begins empty. The start reads the ids of the newest entries, because most
 * requests after a restart name a head that is a few entries old. The ids of older entries are read when a request names an older head.
 */
import { type Crypto, decodeEntry, requestId } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import { isForgotten, type RecalledRequest, type ReplayGuard } from './replay-guard.ts'
import type { RunRead } from './request-outcomes.ts'

/** Entries of the first read, going backwards. Each further read has as many as all reads before it, so few reads go far back. */
const FIRST_ENTRIES = 512

/** Entries of one read at most: other work of the host waits no longer than for these. */
const MOST_ENTRIES = 8_192

export interface RecallOptions {
  readonly ledger: LedgerPort
  readonly guard: Pick<ReplayGuard<unknown>, 'base' | 'recalled'>
  readonly crypto: Crypto
  /** Of the genesis. */
  readonly window: number
  /** Time of the ledger's last entry, in milliseconds. */
  readonly lastTime: () => number
}

export class Recall {
  readonly #options: RecallOptions
  /** Entries that were read. */
  #read = 0
  /** Whether the guard holds everything that a guard of this ledger remembers. */
  #complete = false
  #reading: Promise<void> | null = null

  constructor(options: RecallOptions) {
    this.#options = options
    // Nothing stands before the first entry, and a genesis is no request.
    this.#complete = options.guard.base <= 1
  }

  /**
   * Resolves once the guard holds the requests of all entries from `head` on, as far back as a guard remembers. `read` schedules each read.
   * Null if it does so already.
   */
  backTo(head: number, read: RunRead): Promise<void> | null {
    return this.#isDone(head) ? null : this.#readUntil(head, read)
  }

  #isDone(head: number): boolean {
    return this.#complete || this.#options.guard.base <= head
  }

  async #readUntil(head: number, read: RunRead): Promise<void> {
    while (!this.#isDone(head)) {
      this.#reading ??= read(() => this.#readChunk()).finally(() => {
        this.#reading = null
      })
      await this.#reading
    }
  }

  async #readChunk(): Promise<void> {
    const { ledger, guard, crypto, window, lastTime } = this.#options
    const { base } = guard
    // After a commit that failed, the guard covers nothing any more.
    if (!Number.isFinite(base)) {
      this.#complete = true
      return
    }
    const count = Math.min(MOST_ENTRIES, Math.max(FIRST_ENTRIES, this.#read))
    const start = Math.max(1, base - count)
    this.#read += base - start
    const rows: RecalledRequest[] = []
    let index = start
    let from = start
    for await (const block of ledger.entries(start, base)) {
      const entry = decodeEntry(block)
      const end = { length: ledger.length, time: lastTime(), window }
      if (entry.type !== 'genesis' && isForgotten({ index, time: entry.time }, end)) {
        rows.length = 0
        from = index + 1
      } else if (entry.type === 'calls') {
        const id = Buffer.from(requestId(crypto, entry.request)).toString('latin1')
        rows.push({ id, index, time: entry.time })
      }
      index += 1
    }
    // If the guard has forgotten more meanwhile, it has forgotten these too.
    const isStale = guard.base !== base
    if (!isStale) guard.recalled(rows, from)
    this.#complete ||= isStale || from > start || from <= 1
  }
}
