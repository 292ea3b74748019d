/**
 * The ends of all groups: one small record each, by ledger length, in the store's private data beside the ledger core. If they had a core
 * of their own, each commit would also write a tree, a page of bits and a signature that no reader checks.
 */
import { type Core, getPrivate, listPrivate, setPrivate } from '../engine/hypercore.ts'
import { decodeHeadRecord, encodeHeadRecord, type HeadRecord } from '../store/head-record.ts'

/** Heads kept in memory: about 1 kB each. Bounds memory; an older one costs a read. Requests name recent ones. */
const RECENT_HEADS = 8_192

const PREFIX = 'vms/head/'
const AFTER_PREFIX = 'vms/head0'

// 14 hexadecimal digits hold all safe integers, and sort as the numbers do.
const recordKey = (length: number): string => PREFIX + length.toString(16).padStart(14, '0')

/** Group ends, by the ledger's length there. */
export class GroupHeads {
  #core: Core
  #recent = new Map<number, HeadRecord>()

  constructor(core: Core) {
    this.#core = core
  }

  /** Puts a record into the commit that `writing`, a session of its atom, is part of. */
  async put(writing: Core, record: HeadRecord): Promise<void> {
    this.#keep(record)
    await setPrivate(writing, recordKey(record.length), encodeHeadRecord(record))
  }

  /** Record of the group that ends at `length`, null if none does. */
  async get(length: number): Promise<HeadRecord | null> {
    const known = this.#recent.get(length)
    if (known) return known
    const bytes = await getPrivate(this.#core, recordKey(length))
    if (!bytes) return null
    const record = decodeHeadRecord(bytes)
    this.#keep(record)
    return record
  }

  /** Records of the groups that end at or after `length`, in order. */
  async *from(length: number): AsyncGenerator<HeadRecord> {
    for await (const bytes of listPrivate(this.#core, recordKey(length), AFTER_PREFIX)) {
      yield decodeHeadRecord(bytes)
    }
  }

  #keep(record: HeadRecord): void {
    this.#recent.set(record.length, record)
    if (this.#recent.size <= RECENT_HEADS) return
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest)
      return
    }
  }
}
