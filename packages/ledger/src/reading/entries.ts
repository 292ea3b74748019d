/** Reading the blocks of a ledger that is stored here. */

import { type FindNodes, fittingRange } from './block-range.ts'
import type { ReadBlocks } from './checked-blocks.ts'

/** Most entries per read: one read of the store costs little more for many entries than for one. */
const BATCH_ENTRIES = 256

/** Most bytes of a batch, except for one larger block. Bounds memory: an entry can have 15 MiB. */
const BATCH_BYTES = 4 * 1024 * 1024

const LIMITS = { blocks: BATCH_ENTRIES, bytes: BATCH_BYTES } as const

/** One block. */
export async function readEntry(read: ReadBlocks, index: number): Promise<Uint8Array> {
  const [block] = await read(index, index + 1)
  return present(block, index)
}

/**
 * Reads the blocks [start, end) in batches, and reads the next batch while the caller consumes the last. `nodes` finds nodes of the
 * core's tree, from which the size of a batch follows.
 */
export async function* readEntries(
  read: ReadBlocks,
  nodes: FindNodes,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  const readBatch = async (first: number): Promise<(Uint8Array | null)[]> => {
    if (first >= end) return []
    const range = await fittingRange(nodes, [first, end], LIMITS)
    return await read(first, range.end)
  }
  let at = start
  let batch = readBatch(at)
  while (at < end) {
    const blocks = await batch
    const first = at
    at += blocks.length
    batch = readBatch(at)
    // The batch may reject before the loop awaits it.
    batch.catch(() => {})
    for (const [offset, block] of blocks.entries()) yield present(block, first + offset)
  }
}

function present(block: Uint8Array | null | undefined, index: number): Uint8Array {
  if (!block) throw new Error(`entry ${index} is not stored here`)
  return Uint8Array.from(block)
}
