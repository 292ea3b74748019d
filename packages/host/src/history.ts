/** What a host must know of its own ledger when it opens it again: the genesis, the last time, the requests still alive. */
import {
  type Crypto,
  decodeEntry,
  decodeRequest,
  type Entry,
  type GenesisEntry,
  requestId,
} from '@vms/format'
import type { Ledger } from '@vms/ledger'
import { HostError } from './errors.ts'
import type { ReplayGuard } from './replay-guard.ts'

/** Entries read at a time, going backwards. */
const CHUNK_ENTRIES = 512

/** Block 0. */
export async function readGenesis(ledger: Ledger): Promise<GenesisEntry> {
  const entry = decodeEntry(await ledger.get(0))
  if (entry.type !== 'genesis')
    throw new HostError(
      'ERR_VMS_LEDGER_DAMAGED',
      `entry 0 of the ledger is a ${entry.type}, no genesis`,
    )
  return entry
}

/** Time of the last entry, in milliseconds. */
export async function lastTime(ledger: Ledger): Promise<number> {
  const entry = decodeEntry(await ledger.get(ledger.length - 1))
  return entry.type === 'genesis' ? 0 : entry.time
}

/** The methods of the last boot: the script's, until a next boot says otherwise. Reads back at most one epoch. */
export async function lastMethods(ledger: Ledger): Promise<readonly string[]> {
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

/** Fills the guard with the requests that may be sent again: going back from the end until all must have expired. */
export async function recall(
  ledger: Ledger,
  guard: Pick<ReplayGuard<unknown>, 'committed'>,
  crypto: Crypto,
  since: number,
): Promise<void> {
  const found: { id: string; index: number; expires: number }[] = []
  for (let end = ledger.length; end > 1; end -= CHUNK_ENTRIES) {
    const start = Math.max(1, end - CHUNK_ENTRIES)
    const entries: Entry[] = []
    for await (const bytes of ledger.entries(start, end)) entries.push(decodeEntry(bytes))
    entries.forEach((entry, i) => {
      if (entry.type !== 'calls') return
      const id = Buffer.from(requestId(crypto, entry.request)).toString('latin1')
      found.push({ id, index: start + i, expires: decodeRequest(entry.request).expires })
    })
    const [first] = entries
    if (first && first.type !== 'genesis' && first.time < since) break
  }
  found.sort((a, b) => a.index - b.index)
  for (const { id, index, expires } of found) guard.committed(id, index, expires)
}
