/**
 * The blocks of the files' tree, kept once they are proven. Its core only grows: each head that is read from is checked to
 * extend the ones before, so a block that is proven under one holds under all.
 */

import type { CoreHead } from '@vms/format'
import { sameBytes } from '@vms/format'
import type { BlockReader } from '../reading/block-reader.ts'

/** Blocks of one question: they are small, and a reader often needs neighbouring blocks next. */
const WINDOW_BLOCKS = 32

/** Bytes of cached blocks. Bounds memory; the cache asks for an evicted block again. */
const KEPT_BYTES = 8 * 1024 * 1024

export class TreeCache {
  #reader: BlockReader
  #blocks = new Map<number, Uint8Array>()
  #bytes = 0
  /** Windows that are on their way. */
  #coming = new Map<number, Promise<void>>()
  /** The longest head, under which the blocks are proven. */
  #newest: CoreHead | null = null
  /** Lengths of older heads that lie on its line. */
  #older = new Map<number, Uint8Array>()

  constructor(reader: BlockReader) {
    this.#reader = reader
  }

  /** Makes sure that `head` and the heads before are of one history. */
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

  /** A block below the length of a head that was aligned. */
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
      // The newest last: the cache evicts the block that it fetched first.
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
