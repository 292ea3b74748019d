/** What other people's programs make of a ledger and its files: plain corestore, hypercore and hyperdrive, nothing of ours. */

import { decodeEntry, ledgerKey } from '@vms/format'
import Corestore from 'corestore'
import Hypercore from 'hypercore'
import Hyperdrive from 'hyperdrive'
import { describe, expect, it } from 'vitest'
import { connectSides } from './connect.ts'
import { callsEntry, crypto, directory, file, freshDirectory, startedLedger } from './fixtures.ts'

describe('plain programs', () => {
  it('open the files with hyperdrive by key', async () => {
    await using ledger = await startedLedger()
    const changes = [
      directory('/d'),
      file('/d/a', 'one'),
      file('/b', 'x'.repeat(100_000)),
      file('/e', ''),
    ]
    await ledger.commit({ entries: [callsEntry(1)], changes })
    const store = new Corestore(await freshDirectory())
    const drive = new Hyperdrive(store, Buffer.from(ledger.filesKey))
    await drive.ready()
    const stopFinding = drive.core.findingPeers()
    const connection = await connectSides(ledger, store)
    await drive.update({ wait: true })
    stopFinding()
    expect(String(await drive.get('/d/a'))).toBe('one')
    expect((await drive.get('/b'))?.length).toBe(100_000)
    expect((await drive.get('/e'))?.length).toBe(0)
    expect(await drive.get('/d')).toBe(null)
    expect((await drive.entry('/d'))?.value).toEqual({
      executable: false,
      linkname: null,
      blob: null,
      metadata: { directory: true, mtime: 1 },
    })
    const listed: string[] = []
    for await (const entry of drive.list('/', { recursive: true })) listed.push(entry.key)
    expect(listed).toEqual(['/b', '/d', '/d/a', '/e'])
    await drive.close()
    await connection.disconnect()
  })

  it('read the ledger with hypercore by key, and find what its key commits to', async () => {
    await using ledger = await startedLedger()
    for (let i = 0; i < 5; i++) await ledger.commit({ entries: [callsEntry(i)], changes: [] })
    const store = new Corestore(await freshDirectory())
    const core = store.get({ key: Buffer.from(ledger.key), allowFork: false })
    await core.ready()
    const stopFinding = core.findingPeers()
    const connection = await connectSides(ledger, store)
    await core.update({ wait: true })
    stopFinding()
    expect(core.length).toBe(ledger.length)
    expect(Uint8Array.from(await core.treeHash())).toEqual(ledger.head.treeHash)
    const types: string[] = []
    for (let i = 0; i < core.length; i++) {
      types.push(decodeEntry(Uint8Array.from((await core.get(i)) ?? [])).type)
    }
    expect(types).toEqual(['genesis', 'boot', ...Array(5).fill('calls')])
    const { manifest } = core
    if (!manifest) throw new Error('no manifest arrived')
    expect(Uint8Array.from(Hypercore.key(manifest))).toEqual(ledger.key)
    expect(ledgerKey(crypto, ledger.manifest)).toEqual(ledger.key)
    expect(Uint8Array.from(manifest.linked?.[0] ?? [])).toEqual(ledger.filesKey)
    expect(Uint8Array.from(manifest.userData ?? [])).toEqual(crypto.hash(await ledger.get(0)))
    await store.close()
    await connection.disconnect()
  })
})
