/**
 * Caches proven blocks of the files' tree. Its core only grows, and the cache checks that each head extends the ones before. So a block
 * proven under one head is valid under all.
 */

import type { CoreHead } from '@vms/format'
import { sameBytes } from '@vms/format'
import type { BlockReader } from '../reading/block-reader.ts'

/** Blocks per question: they are small, and a reader often needs neighbouring blocks next. */
const WINDOW_BLOCKS = 32

/** Most bytes of cached blocks. Bounds memory; the cache asks for an evicted block again. */
const KEPT_BYTES = 8 * 1024 * 1024

export class TreeCache {
  #reader: BlockReader
  #blocks = new Map<number, Uint8Array>()
  #bytes = 0
  /** Windows requested and not yet received. */
  #coming = new Map<number, Promise<void>>()
  /** The longest head. The blocks are proven under it. */
  #newest: CoreHead | null = null
  /** Tree hashes, by length, of older heads that the newest extends. */
  #older = new Map<number, Uint8Array>()

  constructor(reader: BlockReader) {
    this.#reader = reader
  }

  /** Checks that `head` and all heads before belong to one history. */
  async align(head: CoreHead): Promise<void> {
    const newest = this.#newest
    if (!newest) {
      this.#newest = head
      return
    }
    const [short, long] = head.length < newest.length ? [head, newest] : [newest, head]
    const known = short === newest ? null : this.#older.get(short.length)
    const startHash =
      known ??
      (short.length === long.length
        ? long.treeHash
        : await this.#fetch(long, [short.length, short.length]))
    if (!sameBytes(startHash, short.treeHash)) {
      throw this.#reader.refuse(
        'files',
        `the ledger's tree of files of length ${short.length} is not what that of ${long.length} began as`,
      )
    }
    this.#older.set(short.length, short.treeHash)
    if (long.length > (this.#newest?.length ?? 0)) this.#newest = long
  }

  /** A block below the length of an aligned head. */
  async block(index: number): Promise<Uint8Array> {
    for (;;) {
      const known = this.#blocks.get(index)
      if (known) return known
      const window = Math.floor(index / WINDOW_BLOCKS) * WINDOW_BLOCKS
      const coming = this.#coming.get(window) ?? this.#load(window, index)
      await coming
    }
  }

  async #load(window: number, index: number): Promise<void> {
    const head = this.#newest as CoreHead
    // A host that sends fewer blocks than a window sends at least the needed one.
    const missing = !this.#blocks.has(window) ? window : index
    const end = Math.min(head.length, window + WINDOW_BLOCKS)
    const load = (async () => {
      await this.#fetch(head, [missing, end])
      if (!this.#blocks.has(index)) await this.#fetch(head, [index, end])
    })()
    this.#coming.set(window, load)
    try {
      await load
    } finally {
      this.#coming.delete(window)
    }
  }

  /** Fetches and keeps blocks; resolves with the tree hash before them. */
  async #fetch(head: CoreHead, range: readonly [number, number]): Promise<Uint8Array> {
    const { blocks, startHash } = await this.#reader.read('db', head, range)
    blocks.forEach((block, i) => {
      const index = range[0] + i
      this.#bytes += block.length - (this.#blocks.get(index)?.length ?? 0)
      // Put the newest last: the cache evicts the oldest block first.
      this.#blocks.delete(index)
      this.#blocks.set(index, block)
    })
    for (const [index, block] of this.#blocks) {
      if (this.#bytes <= KEPT_BYTES || this.#blocks.size <= blocks.length) break
      this.#blocks.delete(index)
      this.#bytes -= block.length
    }
    return startHash
  }
}
