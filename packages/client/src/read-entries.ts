/** Reads entries in batches, each proven. */
import { decodeEntry, type Entry, type SignedHead } from '@vms/format'
import type { BlockReader, CheckedBlocks } from './block-reader.ts'
import { verifying } from './verifying.ts'

/** Entries that are asked for at once: a screen or two of a list, and one proof for all of them. */
const BATCH_ENTRIES = 256

/** One entry of the ledger, at its index. */
export interface VerifiedEntry {
  readonly index: number
  /** As it stands in the ledger. */
  readonly bytes: Uint8Array
  readonly entry: Entry
}

/** The entries [start, end) under a head, which has at least as many. */
export async function* readEntries(
  reader: BlockReader,
  head: SignedHead,
  start: number,
  end: number,
): AsyncGenerator<VerifiedEntry> {
  const batch = async (at: number): Promise<CheckedBlocks> =>
    await reader.read('log', head, [at, Math.min(end, at + BATCH_ENTRIES)])
  let coming = start < end ? batch(start) : null
  for (let at = start; coming; ) {
    const { blocks } = await coming
    const first = at
    at += blocks.length
    coming = at < end ? batch(at) : null
    // It may reject before anybody waits for it.
    coming?.catch(() => {})
    for (const [offset, bytes] of blocks.entries()) {
      const entry = verifying('entries', { held: head }, () => decodeEntry(bytes))
      yield { index: first + offset, bytes, entry }
    }
  }
}
