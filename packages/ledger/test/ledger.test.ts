import {
  climb,
  decodeEntry,
  encodeEntry,
  firstLeaf,
  leafCount,
  leafNode,
  Rfc6962Range,
  type SignedHead,
  TreeRoots,
  verifyHead,
} from '@vms/format'
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
      genesis: () => encodeEntry(genesis),
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
    expect(decodeEntry(await ledger.get(3))).toMatchObject({
      type: 'calls',
      root: null,
      files: second.filesHead,
    })
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

  it('proves consistency between any two group ends, and inclusion under any head, also after reopening', async () => {
    const ledger = await startedLedger()
    for (let i = 0; i < 12; i++) {
      const entries = Array.from({ length: 1 + (i % 4) }, (_, k) => callsEntry(10 * i + k))
      await ledger.commit({ entries, changes: [] })
    }
    await ledger.close()
    await using again = await Ledger.open(ledger.directory, { crypto })
    await again.commit({ entries: [callsEntry(1)], changes: [] })
    const ends: SignedHead[] = []
    for (let length = 1; length <= again.length; length++) {
      const head = await again.groupEnd(length)
      if (head) ends.push(head)
    }
    expect(ends).toHaveLength(14)
    for (const from of [{ length: 0 }, ...ends]) {
      for (const to of ends.filter((end) => end.length >= from.length)) {
        const tree = new TreeRoots(crypto, await again.consistency(0, from.length))
        const nodes = await again.consistency(from.length, to.length)
        for (const node of nodes) tree.append(node)
        expect(tree.hash()).toEqual(to.treeHash)
        for (const top of [...nodes, ...tree.nodes]) {
          const index = firstLeaf(top.index) + (leafCount(top.index) >> 1)
          const leaf = leafNode(crypto, index, await again.get(index))
          expect(climb(crypto, leaf, await again.path(index, top.index))).toEqual(top)
        }
      }
    }
    await expect(again.path(0, 5)).rejects.toThrow(RangeError)
    await expect(again.consistency(3, again.length + 1)).rejects.toMatchObject({
      code: 'ERR_VMS_OUT_OF_RANGE',
    })
  })

  it('gives the root that RFC 6962 has over all entries before a group', async () => {
    await using ledger = await startedLedger()
    for (let i = 0; i < 9; i++) {
      await ledger.commit({ entries: [callsEntry(i), callsEntry(i + 100)], changes: [] })
    }
    const range = new Rfc6962Range(crypto)
    for await (const block of ledger.entries()) {
      const { root } = decodeEntry(block)
      if (root) expect(root).toEqual(range.root())
      expect(root !== null).toBe(range.length % 2 === 0)
      range.append(leafNode(crypto, range.length, block).hash)
    }
  })

  it('commits in the order of the calls, while it is read', async () => {
    await using ledger = await startedLedger()
    const commits = Array.from({ length: 30 }, (_, i) =>
      ledger.commit({ entries: [callsEntry(i)], changes: [file('/n', String(i))] }),
    )
    const committed = await Promise.all(commits)
    expect(committed.map(({ start }) => start)).toEqual(Array.from({ length: 30 }, (_, i) => i + 2))
    expect(await ledger.files.read('/n')).toEqual(new TextEncoder().encode('29'))
  })

  it('reads entries in batches, and refuses what it has not', async () => {
    await using ledger = await startedLedger()
    const entries = Array.from({ length: 700 }, (_, i) => callsEntry(i, i === 5 ? 3_000_000 : 100))
    const { entries: blocks } = await ledger.commit({ entries, changes: [] })
    const read: Uint8Array[] = []
    for await (const block of ledger.entries(2)) read.push(block)
    expect(read).toHaveLength(700)
    read.forEach((block, at) => {
      expect(Buffer.compare(block, blocks[at] ?? new Uint8Array())).toBe(0)
    })
    for await (const block of ledger.entries(5, 5)) expect(block).toBe(null)
    for (const index of [-1, 702, 1.5, Number.NaN]) {
      await expect(ledger.get(index)).rejects.toMatchObject({ code: 'ERR_VMS_OUT_OF_RANGE' })
    }
    expect(() => ledger.entries(3, 2)).toThrow('entry')
    for (const length of [-1, 0, 1, 3, 703, 2.5]) expect(await ledger.groupEnd(length)).toBe(null)
  })

  it('refuses another genesis than the one that its key commits to, and takes no group then', async () => {
    const options = { crypto, genesis: () => encodeEntry(genesisEntry('one')) }
    for (const entries of [
      [genesisEntry('two'), bootEntry()],
      [bootEntry()],
      [genesisEntry('one')],
    ]) {
      const ledger = await Ledger.create(await freshDirectory(), options)
      await expect(ledger.commit({ entries, changes: [] })).rejects.toMatchObject({
        code: 'ERR_VMS_GROUP_REFUSED',
        cause: expect.any(TypeError),
      })
      await expect(ledger.commit({ entries, changes: [] })).rejects.toMatchObject({
        code: 'ERR_VMS_GROUP_REFUSED',
      })
      await ledger.close()
      await expect(ledger.get(0)).rejects.toMatchObject({ code: 'ERR_VMS_LEDGER_CLOSED' })
    }
  })

  describe.each<[string, Partial<Parameters<Ledger['commit']>[0]>]>([
    [
      'an entry with too many methods',
      { entries: [{ ...bootEntry(), methods: Array(10_001).fill('m') }] },
    ],
    ['an entry over the size of a block', { entries: [callsEntry(3, 15 * 1024 * 1024)] }],
    ['an entry without a form', { entries: [{ ...bootEntry(), time: -1 }] }],
    ['a path that is not normal', { changes: [file('/../../etc/passwd', 'x')] }],
    ['a path with half a character', { changes: [file('/\ud800', 'x')] }],
    [
      'a path over the size of a block',
      { changes: [file(`/${'x'.repeat(16 * 1024 * 1024)}`, 'x')] },
    ],
  ])('a group that cannot be written: %s', (_, wrong) => {
    it('is refused; all before it can be read, and the directory goes on', async () => {
      const dir = await freshDirectory()
      const ledger = await Ledger.create(dir, {
        crypto,
        genesis: () => encodeEntry(genesisEntry()),
      })
      await ledger.commit({ entries: [genesisEntry(), bootEntry()], changes: [file('/f', 'one')] })
      const { head, filesHead } = ledger
      const group = { entries: [callsEntry(2)], changes: [file('/g', 'two')], ...wrong }
      await expect(ledger.commit(group)).rejects.toMatchObject({ code: 'ERR_VMS_GROUP_REFUSED' })
      const good = { entries: [callsEntry(2)], changes: [] }
      await expect(ledger.commit(good)).rejects.toMatchObject({ code: 'ERR_VMS_GROUP_REFUSED' })
      expect(ledger.head).toEqual(head)
      expect(ledger.filesHead).toEqual(filesHead)
      expect(ledger.length).toBe(2)
      expect(await ledger.get(1)).toBeInstanceOf(Uint8Array)
      expect(Buffer.from((await ledger.files.read('/f')) as Uint8Array).toString()).toBe('one')
      expect(await ledger.files.read('/g')).toBeNull()
      expect(await ledger.consistency(1, 2)).not.toHaveLength(0)
      await ledger.close()
      const again = await Ledger.open(dir, { crypto })
      expect(again.head).toEqual(head)
      await again.commit({ entries: [callsEntry(2)], changes: [file('/g', 'three')] })
      expect(again.length).toBe(3)
      await again.close()
    })
  })
})
