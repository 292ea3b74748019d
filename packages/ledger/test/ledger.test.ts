import { decodeEntry, encodeEntry, sameBytes, TreeRoots, verifyHead } from '@vms/format'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../src/index.ts'
import {
  bootEntry,
  callsEntry,
  crypto,
  deleted,
  directory,
  file,
  freshDirectory,
  genesisEntry,
  startedLedger,
} from './fixtures.ts'

describe('Ledger', () => {
  it('has nothing before its first commit, and signed heads after each', async () => {
    const genesis = genesisEntry()
    const ledger = await Ledger.create(await freshDirectory(), {
      crypto,
      genesis: encodeEntry(genesis),
    })
    expect(ledger.length).toBe(0)
    const first = await ledger.commit({ entries: [genesis, bootEntry()], changes: [] })
    expect(first.start).toBe(0)
    expect(first.filesHead).toMatchObject({ dbLength: 1, blobsLength: 0 })
    const second = await ledger.commit({
      entries: [callsEntry(1), callsEntry(2)],
      changes: [file('/b', 'two'), file('/a', 'one'), directory('/d')],
    })
    expect(second.start).toBe(2)
    expect(ledger.length).toBe(4)
    expect(ledger.filesHead).toMatchObject({ dbLength: 4, blobsLength: 2 })
    for (const { head } of [first, second]) {
      expect(verifyHead(crypto, ledger.key, ledger.manifest, head)).toBe(true)
    }
    expect(decodeEntry(await ledger.get(3))).toMatchObject({ type: 'calls', root: null, files: second.filesHead })
    expect(decodeEntry(await ledger.get(2))).toMatchObject({ files: null })
    expect(await ledger.groupEnd(2)).toEqual(first.head)
    expect(await ledger.groupEnd(3)).toBe(null)
    await ledger.close()
  })

  it('goes on after it was closed', async () => {
    const ledger = await startedLedger()
    const { key, head } = ledger
    await ledger.commit({ entries: [callsEntry(1)], changes: [file('/a', 'one')] })
    await ledger.close()
    const again = await Ledger.open(ledger.directory, { crypto })
    expect(again.key).toEqual(key)
    expect(again.length).toBe(3)
    expect(await again.groupEnd(2)).toEqual(head)
    await again.commit({ entries: [callsEntry(2)], changes: [deleted('/a')] })
    expect(again.length).toBe(4)
    expect(await again.files.read('/a')).toBe(null)
    expect(await again.files.history()).toEqual([
      { path: '/a', version: 2, type: 'put' },
      { path: '/a', version: 3, type: 'del' },
    ])
    await again.close()
  })

  it('proves consistency and inclusion', async () => {
    const ledger = await startedLedger()
    for (let i = 0; i < 9; i++) await ledger.commit({ entries: [callsEntry(i)], changes: [] })
    const tree = new TreeRoots(crypto, await ledger.consistency(0, 5))
    for (const node of await ledger.consistency(5)) tree.append(node)
    expect(sameBytes(tree.hash(), ledger.head.treeHash)).toBe(true)
    await ledger.close()
  })
})
