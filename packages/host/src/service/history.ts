/** Reads from a reopened ledger what its service needs: the genesis, the last time, the methods, and the requests that have not expired. */
import { type Crypto, decodeEntry, type Entry, type GenesisEntry, requestId } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import { HostError } from '../errors/errors.ts'
import { isForgotten, type ReplayGuard } from './replay-guard.ts'

/** Entries read at a time, going backwards. */
const CHUNK_ENTRIES = 512

/** Block 0. */
export async function readGenesis(ledger: LedgerPort): Promise<GenesisEntry> {
  const entry = decodeEntry(await ledger.get(0))
  if (entry.type !== 'genesis')
    throw new HostError(
      'ERR_VMS_LEDGER_DAMAGED',
      `entry 0 of the ledger is a ${entry.type}, no genesis`,
    )
  return entry
}

/** Time of the last entry, in milliseconds. */
export async function lastTime(ledger: LedgerPort): Promise<number> {
  const entry = decodeEntry(await ledger.get(ledger.length - 1))
  return entry.type === 'genesis' ? 0 : entry.time
}

/** The methods of the last boot. Reads back at most one epoch. */
export async function lastMethods(ledger: LedgerPort): Promise<readonly string[]> {
  for (let end = ledger.length; end > 0; end -= CHUNK_ENTRIES) {
    let methods: readonly string[] | null = null
    for await (const bytes of ledger.entries(Math.max(0, end - CHUNK_ENTRIES), end)) {
      const entry = decodeEntry(bytes)
      if (entry.type === 'boot') methods = entry.methods
    }
    if (methods) return methods
  }
  return []
}

/** Fills the guard with the requests that it would hold without the restart. */
export async function recall(
  ledger: LedgerPort,
  guard: Pick<ReplayGuard<unknown>, 'committed' | 'recalled'>,
  crypto: Crypto,
  window: number,
): Promise<void> {
  const { length } = ledger
  const end = { length, window, time: await lastTime(ledger) }
  const found: { id: string; index: number; time: number }[] = []
  let base = length
  back: for (let last = length; last > 1; last -= CHUNK_ENTRIES) {
    const start = Math.max(1, last - CHUNK_ENTRIES)
    const entries: Entry[] = []
    for await (const bytes of ledger.entries(start, last)) entries.push(decodeEntry(bytes))
    for (const [i, entry] of [...entries.entries()].toReversed()) {
      const index = start + i
      if (entry.type === 'genesis') break back
      if (isForgotten({ index, time: entry.time }, end)) break back
      base = index
      if (entry.type !== 'calls') continue
      const id = Buffer.from(requestId(crypto, entry.request)).toString('latin1')
      found.push({ id, index, time: entry.time })
    }
  }
  for (const { id, index, time } of found.toReversed()) guard.committed(id, index, time)
  guard.recalled(base)
}
