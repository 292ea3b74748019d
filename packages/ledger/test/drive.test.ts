import { compareUtf8, type FileChange, type FilesHead, toHex } from '@vms/format'
import Corestore from 'corestore'
import Hyperdrive from 'hyperdrive'
import { describe, expect, it } from 'vitest'
import { foldChanges } from '../src/files/changes.ts'
import { ScratchFiles } from '../src/index.ts'
import {
  callsEntry,
  crypto,
  deleted,
  directory,
  file,
  freshDirectory,
  startedLedger,
} from './fixtures.ts'
import { seeded } from './seeded.ts'

/** Groups that touch every rule: order, folding, overwrites, deletions, directories, sizes around a block. */
function groupsOfAllKinds(): FileChange[][] {
  const block = 65_536
  const groups: FileChange[][] = [
    [file('/b', 'b'), file('/a', 'a'), directory('/d', 5)],
    [],
    [file('/a', 'first'), file('/a', 'second', 9), deleted('/b'), file('/b', 'again')],
    [file('/a', 'second', 9)],
    [deleted('/nothing')],
    [deleted('/a'), file('/empty', ''), directory('/empty-dir')],
    [file('/d/\u{1f600}', 'astral'), file('/d/\uffee', 'basic'), file('/d/é', 'é')],
    [block - 1, block, block + 1, 3 * block].map((size) => file(`/size-${size}`, 'x'.repeat(size))),
    [file('/d', 'a file where a directory was')],
  ]
  const random = seeded(1)
  for (let group = 0; group < 60; group++) {
    const changes: FileChange[] = []
    for (let change = random(30); change > 0; change--) {
      const path = `/r/${random(80)}`
      const kind = random(4)
      changes.push(
        kind === 0
          ? deleted(path)
          : kind === 1
            ? directory(path, group)
            : file(path, `${random(1e6)}`, group),
      )
    }
    groups.push(changes)
  }
  // Enough at once to split the tree more than once, and to take it down again.
  groups.push(Array.from({ length: 700 }, (_, i) => file(`/many/${(i * 7919) % 700}`, `${i}`)))
  groups.push(Array.from({ length: 650 }, (_, i) => deleted(`/many/${(i * 7907) % 700}`)))
  return groups
}

/** Writes the same groups with nothing but hyperdrive. */
async function plainHeads(groups: FileChange[][]): Promise<FilesHead[]> {
  const store = new Corestore(await freshDirectory())
  const drive = new Hyperdrive(store)
  await drive.ready()
  const heads: FilesHead[] = []
  for (const changes of groups) {
    const batch = drive.batch()
    for (const change of foldChanges(changes)) {
      if (change.kind === 'deleted') await batch.del(change.path)
      else if (change.kind === 'directory') {
        await batch.putEntry(change.path, { metadata: { directory: true, mtime: change.mtime } })
      } else {
        await batch.put(change.path, Buffer.from(change.data), {
          metadata: { mtime: change.mtime },
        })
      }
    }
    await batch.flush()
    const blobs = await drive.getBlobs()
    heads.push({
      dbLength: drive.core.length,
      dbHash: Uint8Array.from(await drive.core.treeHash()),
      blobsLength: blobs.core.length,
      blobsHash: Uint8Array.from(await blobs.core.treeHash()),
    })
  }
  await drive.close()
  return heads
}

describe('the drive', () => {
  it('has the bytes that plain hyperdrive writes for the same batches, and that ScratchFiles has', async () => {
    const groups = groupsOfAllKinds()
    await using ledger = await startedLedger()
    await using scratch = await ScratchFiles.create(await freshDirectory(), { crypto })
    expect(await scratch.commit([], 0)).toEqual(ledger.filesHead)
    const heads: FilesHead[] = []
    for (const [at, changes] of groups.entries()) {
      const version = ledger.length
      const { filesHead } = await ledger.commit({ entries: [callsEntry(at)], changes })
      expect(await scratch.commit(changes, version)).toEqual(filesHead)
      heads.push(filesHead)
    }
    expect(heads).toEqual(await plainHeads(groups))
    // For ever: whoever audits a ledger of today must get these.
    const { dbHash, blobsHash } = ledger.filesHead
    expect([toHex(dbHash), toHex(blobsHash)]).toEqual([
      'f85277ac2f0a8008427ae4de5664ee70e12d848d1c3bf62f8673544f76132aab',
      '005c91ed793a71bb795cd32accefa3b104cf097ffff81656b06d7b3c8f4e0059',
    ])
    expect(await scratch.history()).toEqual(await ledger.files.history())
    expect(await scratch.list('/', { recursive: true })).toEqual(
      await ledger.files.list('/', { recursive: true }),
    )
  })

  it('reads what was written, as of the last group', async () => {
    await using ledger = await startedLedger()
    const model = new Map<string, FileChange>()
    for (const [at, changes] of groupsOfAllKinds().entries()) {
      await ledger.commit({ entries: [callsEntry(at)], changes })
      for (const change of changes) {
        if (change.kind === 'deleted') model.delete(change.path)
        else model.set(change.path, change)
      }
    }
    const listed = await ledger.files.list('/', { recursive: true })
    const paths = [...model.keys()].sort(compareUtf8)
    expect(listed.map((item) => `/${item.name}`)).toEqual(paths)
    for (const path of paths) {
      const change = model.get(path)
      const data = change?.kind === 'file' ? change.data : null
      expect(await ledger.files.read(path)).toEqual(data)
      expect(await ledger.files.stat(path)).toEqual({
        kind: change?.kind,
        size: data?.length ?? 0,
        mtime: change?.kind === 'deleted' ? 0 : change?.mtime,
      })
    }
    expect(await ledger.files.stat('/nothing')).toBe(null)
    expect(await ledger.files.read('/nothing')).toBe(null)
  })

  it('lists direct children, whatever sorts between a directory and what is in it', async () => {
    await using ledger = await startedLedger()
    const changes = [
      directory('/a'),
      file('/a-b', ''),
      directory('/a/x'),
      file('/a/x/1', ''),
      directory('/a/x/y'),
      file('/a/x/y/z', ''),
      file('/a/x!', ''),
      file('/a/x0', ''),
      file('/a/x00', ''),
      file('/a0', ''),
      directory('/empty'),
    ]
    await ledger.commit({ entries: [callsEntry(0)], changes })
    const names = async (path: string, recursive = false): Promise<string[]> =>
      (await ledger.files.list(path, { recursive })).map((item) => item.name)
    expect(await names('/')).toEqual(['a', 'a-b', 'a0', 'empty'])
    expect(await names('/a')).toEqual(['x', 'x!', 'x0', 'x00'])
    expect(await names('/a/x')).toEqual(['1', 'y'])
    expect(await names('/a', true)).toEqual(['x', 'x!', 'x/1', 'x/y', 'x/y/z', 'x0', 'x00'])
    expect(await names('/empty')).toEqual([])
    expect(await names('/nothing')).toEqual([])
  })

  it('tells its history in ledger positions', async () => {
    await using ledger = await startedLedger()
    await ledger.commit({ entries: [callsEntry(0)], changes: [file('/a', '1'), file('/b', '1')] })
    await ledger.commit({ entries: [callsEntry(1), callsEntry(2)], changes: [] })
    await ledger.commit({ entries: [callsEntry(3)], changes: [deleted('/a')] })
    await ledger.commit({ entries: [callsEntry(4)], changes: [file('/a', '2')] })
    const all = [
      { path: '/a', version: 2, type: 'put' },
      { path: '/b', version: 2, type: 'put' },
      { path: '/a', version: 5, type: 'del' },
      { path: '/a', version: 6, type: 'put' },
    ]
    expect(await ledger.files.history()).toEqual(all)
    expect(await ledger.files.history({ reverse: true })).toEqual(all.toReversed())
    for (let start = 0; start < 9; start++) {
      for (let end = 0; end < 9; end++) {
        expect(await ledger.files.history({ start, end })).toEqual(
          all.filter(({ version }) => version >= start && version < end),
        )
      }
    }
  })

  it('refuses paths that are not normal', () => {
    for (const path of [
      '',
      'a',
      '/',
      '/a/',
      '//a',
      '/a//b',
      '/./a',
      '/a/..',
      '/a/.',
      '/\0',
      '/\ud800',
    ]) {
      expect(() => foldChanges([deleted(path)])).toThrow(TypeError)
    }
    expect(foldChanges([deleted('/..a'), deleted('/.a/b..')])).toHaveLength(2)
  })
})
