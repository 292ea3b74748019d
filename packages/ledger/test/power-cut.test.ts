/**
 * A power cut, as far as a program can play one: of the write-ahead logs, only what was synced is left. A log that was
 * never synced is gone with its name; tables and manifests stay, RocksDB syncs those itself.
 */
import { fstatSync } from 'node:fs'
import { copyFile, mkdir, readdir, stat, truncate } from 'node:fs/promises'
import path from 'node:path'
import { expect, it } from 'vitest'
import { Ledger } from '../src/index.ts'
import { fdatasync } from '../src/store/durable.ts'
import { callsEntry, crypto, file, freshDirectory, startedLedger } from './fixtures.ts'

/** Bytes synced so far, by inode. */
const synced = new Map<number, number>()

async function syncFd(fd: number): Promise<void> {
  const { ino, size } = fstatSync(fd)
  await fdatasync(fd)
  synced.set(ino, Math.max(size, synced.get(ino) ?? 0))
}

/** Copies a directory in use as a power cut would leave it. Logs go first: one that is deleted meanwhile is in a table. */
async function afterPowerCut(directory: string): Promise<string> {
  const copy = await freshDirectory()
  const items = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = items
    .filter((item) => item.isFile())
    .map((item) => path.join(item.parentPath, item.name))
  const order = (name: string): number =>
    name.endsWith('.log') ? 0 : /MANIFEST|CURRENT/.test(name) ? 1 : 2
  for (const name of files.sort((a, b) => order(a) - order(b))) {
    const target = path.join(copy, path.relative(directory, name))
    await mkdir(path.dirname(target), { recursive: true })
    if (!name.endsWith('.log')) await copyFile(name, target)
    else {
      const { ino } = await stat(name)
      const bytes = synced.get(ino)
      if (bytes === undefined) continue
      await copyFile(name, target)
      await truncate(target, bytes)
    }
  }
  return copy
}

it('loses nothing that was acknowledged, also when the log was rotated', async () => {
  await using ledger = await startedLedger({ syncFd })
  const logs = new Set<string>()
  for (let i = 0; i < 14; i++) {
    // Once past 64 MB, RocksDB begins another log.
    const text = `${i % 10}`.repeat(8_000_000)
    const change = file(`/${i}`, text)
    await ledger.commit({
      entries: [callsEntry(i)],
      changes: i % 2 ? [change] : [change, file('/x', '1')],
    })
    if (i % 3 !== 1) continue
    const copy = await afterPowerCut(ledger.directory)
    for (const name of await readdir(path.join(copy, 'store', 'db'))) {
      if (name.endsWith('.log')) logs.add(name)
    }
    const survivor = await Ledger.open(copy, { crypto, readOnly: true })
    expect(survivor.head).toEqual(ledger.head)
    expect(survivor.filesHead).toEqual(ledger.filesHead)
    expect(await survivor.groupEnd(3)).toEqual(await ledger.groupEnd(3))
    expect((await survivor.files.read(`/${i}`)) ?? []).toHaveLength(text.length)
    await survivor.close()
  }
  expect(logs.size).toBeGreaterThan(1)
})
