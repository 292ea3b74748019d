/** What a service relies on in a ledger: one suite for the ledger on a disk and the one in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  appendSubtrees,
  climb,
  decodeEntry,
  encodeEntry,
  leafNode,
  sameBytes,
  TreeRoots,
  verifyHead,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { MemoryLedger, MemoryStore } from '@vms/host/testing'
import { Ledger, type LedgerPort } from '@vms/ledger'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  bootEntry,
  callsEntry,
  directory,
  file,
  genesisEntry,
} from '../../packages/ledger/test/entries.ts'

const genesis = genesisEntry()

async function onDisk(): Promise<LedgerPort> {
  const parent = await mkdtemp(path.join(tmpdir(), 'vms-port-'))
  const options = { crypto, genesis: () => encodeEntry(genesis) }
  const ledger = await Ledger.create(path.join(parent, 'service'), options)
  onTestFinished(async () => {
    await ledger.close()
    await rm(parent, { recursive: true })
  })
  return ledger
}

const inMemory = async (): Promise<LedgerPort> =>
  new MemoryLedger(new MemoryStore(crypto, () => encodeEntry(genesis)))

/** Eleven entries in five groups, with files. */
async function filled(make: () => Promise<LedgerPort>): Promise<LedgerPort> {
  const ledger = await make()
  await ledger.commit({ entries: [genesis, bootEntry()], changes: [] })
  await ledger.commit({
    entries: [callsEntry(2)],
    changes: [directory('/d'), file('/d/b', 'one'), file('/a', 'x')],
  })
  await ledger.commit({
    entries: [callsEntry(3), callsEntry(4), callsEntry(5)],
    changes: [file('/d/b', 'two', 3), { path: '/a', kind: 'deleted' }, file('/ö', 'z', 4)],
  })
  await ledger.commit({ entries: [callsEntry(6)], changes: [] })
  await ledger.commit({
    entries: [7, 8, 9, 10].map((n) => callsEntry(n)),
    changes: [file('/e', '')],
  })
  return ledger
}

const ENDS = [2, 3, 6, 7, 11]

describe.each([
  ['on a disk', onDisk],
  ['in memory', inMemory],
])('a ledger %s', (_, make) => {
  test('has nothing before its first commit', async () => {
    const ledger = await make()
    expect(ledger.length).toBe(0)
    expect(() => ledger.head).toThrow(RangeError)
  })

  test('keeps its entries, with borders on the first and the last of a group', async () => {
    const ledger = await filled(make)
    const entries = []
    for await (const block of ledger.entries()) entries.push(decodeEntry(block))
    expect(entries.map(({ root }) => root !== null)).toEqual(
      entries.map((__, i) => i === 0 || ENDS.includes(i)),
    )
    expect(entries.map(({ files }) => files !== null)).toEqual(
      entries.map((__, i) => ENDS.includes(i + 1)),
    )
    expect(entries.at(-1)?.files).toEqual(ledger.filesHead)
    expect(decodeEntry(await ledger.get(4))).toEqual(entries[4])
    await expect(ledger.get(11)).rejects.toMatchObject({ code: 'ERR_VMS_OUT_OF_RANGE' })
  })

  test('signs the end of each group, and of no other length', async () => {
    const ledger = await filled(make)
    for (let length = 1; length <= 12; length++) {
      const head = await ledger.groupEnd(length)
      expect(head !== null, `length ${length}`).toBe(ENDS.includes(length))
      if (head) expect(verifyHead(crypto, ledger.key, ledger.manifest, head)).toBe(true)
    }
    expect(await ledger.groupEnd(11)).toEqual(ledger.head)
  })

  test('proves each entry, and that each head extends each earlier one', async () => {
    const ledger = await filled(make)
    for (const from of [0, ...ENDS]) {
      for (const to of ENDS.filter((end) => end > from)) {
        const roots = new TreeRoots(crypto)
        if (from > 0) appendSubtrees(roots, 0, from, await ledger.consistency(0, from))
        appendSubtrees(roots, from, to, await ledger.consistency(from, to))
        const head = await ledger.groupEnd(to)
        expect(sameBytes(roots.hash(), head?.treeHash as Uint8Array)).toBe(true)
      }
    }
    const roots = await ledger.consistency(0)
    for (let index = 0; index < ledger.length; index++) {
      const leaf = leafNode(crypto, index, await ledger.get(index))
      const proven = await Promise.all(
        roots.map(async (root) => {
          const siblings = await ledger.path(index, root.index).catch(() => null)
          return siblings && climb(crypto, leaf, siblings)
        }),
      )
      expect(roots).toContainEqual(proven.find((node) => node !== null))
    }
  })

  test('reads the files as of its head', async () => {
    const { files } = await filled(make)
    const text = async (at: string) => {
      const bytes = await files.read(at)
      return bytes && new TextDecoder().decode(bytes)
    }
    expect(await Promise.all(['/d/b', '/a', '/ö', '/e', '/d'].map(text))).toEqual([
      'two',
      null,
      'z',
      '',
      null,
    ])
    expect(await files.stat('/d')).toMatchObject({ kind: 'directory' })
    expect(await files.stat('/d/b')).toEqual({ kind: 'file', size: 3, mtime: 3 })
    expect((await files.list('/', { recursive: true })).map(({ name }) => name)).toEqual([
      'd',
      'd/b',
      'e',
      'ö',
    ])
    const history = await files.history()
    expect(history.map(({ path: at, version, type }) => [at, version, type])).toEqual(
      expect.arrayContaining([
        ['/a', 2, 'put'],
        ['/a', 3, 'del'],
        ['/e', 7, 'put'],
      ]),
    )
  })

  test('commits in the order of asking, and nothing once it is closed', async () => {
    const ledger = await filled(make)
    const commits = [11, 12, 13].map((n) =>
      ledger.commit({ entries: [callsEntry(n)], changes: [] }),
    )
    expect((await Promise.all(commits)).map(({ start }) => start)).toEqual([11, 12, 13])
    await ledger.close()
    const closed = { code: 'ERR_VMS_LEDGER_CLOSED' }
    const late = ledger.commit({ entries: [callsEntry(14)], changes: [] })
    await expect(late).rejects.toMatchObject(closed)
    await expect(ledger.get(0)).rejects.toMatchObject(closed)
    await ledger.close()
  })
})
