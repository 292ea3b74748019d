/** Small services to test with, in directories that go away. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeEntry } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { afterAll } from 'vitest'
import { Ledger, type LedgerOptions } from '../src/index.ts'
import { bootEntry, genesisEntry } from './entries.ts'

const made: string[] = []

afterAll(async () => {
  await Promise.all(made.map((directory) => rm(directory, { recursive: true, force: true })))
})

/** A directory that does not exist yet, inside one that goes away after the tests. */
export async function freshDirectory(): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'vms-ledger-'))
  made.push(parent)
  return path.join(parent, 'service')
}

/** A ledger of a genesis and a boot, in a fresh directory. */
export async function startedLedger(options: Partial<LedgerOptions> = {}): Promise<Ledger> {
  const genesis = genesisEntry()
  const ledger = await Ledger.create(await freshDirectory(), {
    crypto,
    genesis: () => encodeEntry(genesis),
    ...options,
  })
  await ledger.commit({ entries: [genesis, bootEntry()], changes: [] })
  return ledger
}

export { bootEntry, callsEntry, deleted, directory, file, genesisEntry } from './entries.ts'
export { crypto }
