/** Reads from a reopened ledger what its service needs: the genesis, the last time, and the methods. */
import { decodeEntry, type GenesisEntry } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import { HostError } from '../errors/errors.ts'

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
