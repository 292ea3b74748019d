/** Reading the blocks of a ledger that is stored here. */
import type { ReadBlocks } from './checked-blocks.ts'

/** Entries read in one go at most: one read of the store costs little more for many than for one. */
const BATCH_ENTRIES = 256

/** Bytes that a batch aims at, going by the sizes of the batch before. Bounds memory, an entry can have 15 MiB. */
const BATCH_BYTES = 4 * 1024 * 1024

const FIRST_BATCH_ENTRIES = 16

/** One block. */
export async function readEntry(read: ReadBlocks, index: number): Promise<Uint8Array> {
  const [block] = await read(index, index + 1)
  return present(block, index)
}

/** The blocks [start, end), the next batch being read while the last is consumed. */
export async function* readEntries(
  read: ReadBlocks,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let count = FIRST_BATCH_ENTRIES
  let at = start
  let batch = read(at, Math.min(end, at + count))
  while (at < end) {
    const blocks = await batch
    const first = at
    at += blocks.length
    count = nextCount(blocks)
    batch = read(at, Math.min(end, at + count))
    // It may reject before anybody waits for it.
    batch.catch(() => {})
    for (const [offset, block] of blocks.entries()) yield present(block, first + offset)
  }
}

function nextCount(blocks: readonly (Uint8Array | null)[]): number {
  const bytes = blocks.reduce((sum, block) => sum + (block?.length ?? 0), 0)
  const mean = Math.max(1, bytes / Math.max(1, blocks.length))
  return Math.max(1, Math.min(BATCH_ENTRIES, Math.floor(BATCH_BYTES / mean)))
}

function present(block: Uint8Array | null | undefined, index: number): Uint8Array {
  if (!block) throw new Error(`entry ${index} is not stored here`)
  return Uint8Array.from(block)
}
