/** The ends of all groups, in order: one block per group in a local core. */
import type { Core } from './engine/hypercore.ts'
import { decodeHeadRecord, encodeHeadRecord, type HeadRecord } from './head-record.ts'

/** Heads kept in memory: about 1 kB each. Bounds memory; an older one costs a read. Requests name recent ones. */
export const RECENT_HEADS = 8_192

/** Group ends, found by group number, by ledger length or by drive length. */
export class Heads {
  #core: Core
  /** Group number → record, oldest use first out. */
  #recent = new Map<number, HeadRecord>()
  /** Groups that are durable. */
  #groups: number

  constructor(core: Core) {
    this.#core = core
    this.#groups = core.length
  }

  /** Number of durable groups. */
  get groups(): number {
    return this.#groups
  }

  /** Appends to the core, which is a session of the commit's atom. Not found until {@link publish}. */
  async append(record: HeadRecord): Promise<void> {
    this.#keep(this.#core.length, record)
    await this.#core.append(asBuffer(encodeHeadRecord(record)))
  }

  /** All that was appended is durable. */
  publish(): void {
    this.#groups = this.#core.length
  }

  /** Record of group `group` (0-based). */
  async get(group: number): Promise<HeadRecord> {
    const known = this.#recent.get(group)
    if (known) return known
    const block = await this.#core.get(group, { wait: false })
    if (!block) throw new Error(`the record of group ${group} is missing`)
    const record = decodeHeadRecord(Uint8Array.from(block))
    this.#keep(group, record)
    return record
  }

  /** First group whose end is at or after `at`, by the measure given; the number of groups if there is none. */
  async find(at: number, measure: (record: HeadRecord) => number): Promise<number> {
    let low = 0
    let high = this.#groups
    while (low < high) {
      const middle = (low + high) >>> 1
      if (measure(await this.get(middle)) < at) low = middle + 1
      else high = middle
    }
    return low
  }

  #keep(group: number, record: HeadRecord): void {
    this.#recent.set(group, record)
    if (this.#recent.size <= RECENT_HEADS) return
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest)
      return
    }
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
