/** What a machine and a reader rely on in a store of files: one suite for every store that holds a service's files. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FilesPort } from '@vms/format'
import { encodeEntry, type FileChange } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { MemoryDrive } from '@vms/host/testing'
import { Ledger, RemoteFiles, ScratchFiles } from '@vms/ledger'
import { MemoryFiles } from '@vms/sandbox'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connectSides } from '../../packages/ledger/test/connect.ts'
import {
  bootEntry,
  callsEntry,
  deleted,
  directory,
  file,
  genesisEntry,
} from '../../packages/ledger/test/entries.ts'

/** Changes of three groups, by the length of the ledger when each began. */
const GROUPS: readonly (readonly [version: number, changes: readonly FileChange[]])[] = [
  [2, [directory('/d'), file('/d/b', 'one'), file('/a', 'x'), file('/d-', 'beside')]],
  [3, [file('/d/b', 'two', 3), deleted('/a'), file('/ö', 'z', 4), directory('/d/e', 4)]],
  // A change that the same group replaces leaves no trace.
  [4, [file('/e', 'gone'), file('/e', ''), file('/d/e/😀', 'deep'), file('/d/e/\uffff', 'last')]],
]

const folder = async (): Promise<string> => {
  const made = await mkdtemp(path.join(tmpdir(), 'vms-files-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

async function inMemory(): Promise<FilesPort> {
  const files = new MemoryFiles()
  for (const [version, changes] of GROUPS) {
    const last = new Map(changes.map((change) => [change.path, change]))
    files.commit([...last.values()], version)
  }
  return files
}

async function memoryDrive(): Promise<FilesPort> {
  const drive = new MemoryDrive(crypto)
  for (const [version, changes] of GROUPS) drive.commit(changes, version)
  return drive.files
}

async function scratch(): Promise<FilesPort> {
  const files = await ScratchFiles.create(await folder(), { crypto })
  onTestFinished(() => files.close())
  for (const [version, changes] of GROUPS) await files.commit(changes, version)
  return files
}

async function ledger(): Promise<Ledger> {
  const genesis = genesisEntry()
  const dir = path.join(await folder(), 'service')
  const made = await Ledger.create(dir, { crypto, genesis: () => encodeEntry(genesis) })
  onTestFinished(async () => {
    await made.close()
  })
  await made.commit({ entries: [genesis, bootEntry()], changes: [] })
  for (const [version, changes] of GROUPS)
    await made.commit({ entries: [callsEntry(version)], changes })
  return made
}

const committed = async (): Promise<FilesPort> => (await ledger()).files

async function remote(): Promise<Omit<FilesPort, 'history'>> {
  const host = await ledger()
  const files = await RemoteFiles.open({ key: host.filesKey, directory: await folder() })
  onTestFinished(() => files.close())
  const { disconnect } = await connectSides(host, files)
  onTestFinished(disconnect)
  await files.update()
  return files
}

const STORES: readonly [name: string, make: () => Promise<Omit<FilesPort, 'history'>>][] = [
  ['in memory', inMemory],
  ['of a ledger in memory', memoryDrive],
  ['of an auditor', scratch],
  ['of a ledger', committed],
  ['of a peer', remote],
]

const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name)

describe.each(STORES)('files %s', (_, make) => {
  test('has the contents that were written last', async () => {
    const files = await make()
    const text = async (at: string) => {
      const bytes = await files.read(at)
      return bytes && new TextDecoder().decode(bytes)
    }
    const paths = ['/d/b', '/a', '/ö', '/e', '/d', '/nowhere', '/d/e/😀']
    expect(await Promise.all(paths.map(text))).toEqual(['two', null, 'z', '', null, null, 'deep'])
  })

  test('tells files from directories, with sizes in bytes and times', async () => {
    const files = await make()
    expect(await files.stat('/d/b')).toEqual({ kind: 'file', size: 3, mtime: 3 })
    expect(await files.stat('/e')).toEqual({ kind: 'file', size: 0, mtime: 1 })
    expect(await files.stat('/d/e')).toEqual({ kind: 'directory', size: 0, mtime: 4 })
    expect(await files.stat('/a')).toBeNull()
    expect(await files.stat('/d/nothing')).toBeNull()
  })

  test('lists what is in a directory, in the order of UTF-8 bytes', async () => {
    const files = await make()
    expect(names(await files.list('/', { recursive: false }))).toEqual(['d', 'd-', 'e', 'ö'])
    expect(names(await files.list('/d', { recursive: false }))).toEqual(['b', 'e'])
    expect(names(await files.list('/d', { recursive: true }))).toEqual([
      'b',
      'e',
      'e/\uffff',
      'e/😀',
    ])
    expect(names(await files.list('/nowhere', { recursive: true }))).toEqual([])
    expect(names(await files.list('/e', { recursive: true }))).toEqual([])
  })

  test('gives the same in a list as one by one', async () => {
    const files = await make()
    for (const { name, stat } of await files.list('/', { recursive: true }))
      expect(await files.stat(`/${name}`), name).toEqual(stat)
  })
})

describe.each([
  ['in memory', inMemory],
  ['of a ledger in memory', memoryDrive],
  ['of an auditor', scratch],
  ['of a ledger', committed],
])('files %s', (_, make) => {
  test('has a history by the length of the ledger when a group began', async () => {
    // The machine reads through a port of its own, which has the same shape.
    const files: FilesPort = await make()
    const seen = (events: readonly { path: string; version: number; type: string }[]): string[] =>
      events.map(({ path: at, version, type }) => `${version} ${type} ${at}`).sort()
    const all = await files.history({})
    expect(seen(all)).toEqual(
      [
        '2 put /d',
        '2 put /d/b',
        '2 put /a',
        '2 put /d-',
        '3 put /d/b',
        '3 del /a',
        '3 put /ö',
        '3 put /d/e',
        '4 put /e',
        '4 put /d/e/😀',
        '4 put /d/e/\uffff',
      ].sort(),
    )
    expect(await files.history({ reverse: true })).toEqual(all.toReversed())
    expect(await files.history({ start: 3, end: 4 })).toEqual(
      all.filter(({ version }) => version === 3),
    )
    expect(await files.history({ start: 5 })).toEqual([])
  })
})
