/** Reads entries in batches, and proves each. */
import { decodeEntry, type Entry, type SignedHead } from '@vms/format'
import { VmsUsageError } from '../errors/errors.ts'
import { verifying } from '../errors/verifying.ts'
import type { BlockReader, CheckedBlocks } from './block-reader.ts'

/** Entries per request: a screen or two of a list, with one proof for all of them. */
const BATCH_ENTRIES = 256

/** One entry of the ledger, at its index. */
export interface VerifiedEntry {
  readonly index: number
  /** Bytes of the entry in the ledger. */
  readonly bytes: Uint8Array
  readonly entry: Entry
}

/** The entries [start, end) under a head. Throws {@link VmsUsageError} for a range that is not within it. */
export async function* readEntries(
  reader: BlockReader,
  head: SignedHead,
  start: number,
  end: number,
): AsyncGenerator<VerifiedEntry> {
  assertRange(head.length, start, end)
  const batch = async (at: number): Promise<CheckedBlocks> =>
    await reader.read('log', head, [at, Math.min(end, at + BATCH_ENTRIES)])
  let coming = start < end ? batch(start) : null
  for (let at = start; coming; ) {
    const { blocks } = await coming
    const first = at
    at += blocks.length
    coming = at < end ? batch(at) : null
    // The batch may reject before the loop awaits it.
    coming?.catch(() => {})
    for (const [offset, bytes] of blocks.entries()) {
      const entry = verifying('entries', { held: head }, () => decodeEntry(bytes))
      yield { index: first + offset, bytes, entry }
    }
  }
}

function assertRange(length: number, start: number, end: number): void {
  for (const place of [start, end]) {
    if (Number.isSafeInteger(place) && place >= 0 && place <= length && start <= end) continue
    const message = `${place} is not a place in a ledger of ${length} entries`
    throw new VmsUsageError('ERR_VMS_OUT_OF_RANGE', message)
  }
}
