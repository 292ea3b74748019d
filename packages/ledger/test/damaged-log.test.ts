/** Damage in the middle of RocksDB's write-ahead log, which it takes for the end of it. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { encodeEntry } from '@vms/format'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../src/index.ts'
import {
  callsEntry,
  crypto,
  file,
  freshDirectory,
  genesisEntry,
  startedLedger,
} from './fixtures.ts'

const damaged = { code: 'ERR_VMS_LEDGER_DAMAGED' }

/** A directory as a kill leaves it: all groups are in the log, none in a table. */
async function killedLedger(groups: number): Promise<string> {
  await using ledger = await startedLedger()
  for (let i = 1; i <= groups; i++) {
    await ledger.commit({ entries: [callsEntry(i)], changes: [file(`/${i}`, 'x'.repeat(2_000))] })
  }
  return await copyOf(ledger.directory)
}

async function copyOf(directory: string): Promise<string> {
  const copy = await freshDirectory()
  await cp(directory, copy, { recursive: true })
  await rm(path.join(copy, 'store', 'CORESTORE'), { force: true })
  return copy
}

async function logOf(directory: string): Promise<string> {
  const db = path.join(directory, 'store', 'db')
  const logs = (await readdir(db)).filter((name) => name.endsWith('.log'))
  expect(logs).toHaveLength(1)
  return path.join(db, logs[0] as string)
}

const open = async (directory: string, readOnly: boolean): Promise<Ledger> =>
  await Ledger.open(directory, { crypto, readOnly })

describe('a bit that flipped in the write-ahead log', () => {
  it('is damage wherever it is: nothing that was told is left out, and nothing is begun anew', async () => {
    const directory = await killedLedger(20)
    const whole = await open(await copyOf(directory), true)
    const { head } = whole
    await whole.close()
    const { length: size } = await readFile(await logOf(directory))
    const steps = 24
    for (let step = 0; step <= steps; step++) {
      const copy = await copyOf(directory)
      const log = await logOf(copy)
      const bytes = await readFile(log)
      const at = Math.min(size - 1, Math.floor((size * step) / steps))
      bytes[at] = (bytes[at] as number) ^ 0x10
      await writeFile(log, bytes)
      await expect(open(copy, true), `byte ${at}, to read`).rejects.toMatchObject(damaged)
      await expect(open(copy, false), `byte ${at}`).rejects.toMatchObject(damaged)
      const genesis = () => encodeEntry(genesisEntry())
      await expect(Ledger.create(copy, { crypto, genesis }), `byte ${at}`).rejects.toSatisfy(
        ({ code }) => code === 'ERR_VMS_LEDGER_DAMAGED' || code === 'ERR_VMS_LEDGER_EXISTS',
      )
    }
    expect(head.length).toBe(22)
  })

  it('does not matter in what nobody was told of', async () => {
    const directory = await killedLedger(3)
    const before = await copyOf(directory)
    const ledger = await open(directory, false)
    await ledger.commit({ entries: [callsEntry(9)], changes: [file('/9', 'late')] })
    const after = await copyOf(directory)
    await ledger.close()
    // Killed after the group was written and before its head was noted.
    await cp(path.join(before, 'head'), path.join(after, 'head'))
    await using longer = await open(after, false)
    expect(longer.length).toBe(6)
    await longer.commit({ entries: [callsEntry(10)], changes: [] })
  })
})

describe('the file of the last head', () => {
  it('counts only lines whose signature holds', async () => {
    const directory = await killedLedger(4)
    const text = await readFile(path.join(directory, 'head'), 'latin1')
    const [a = '', b = ''] = text.split('\n')
    const torn = (line: string): string => line.slice(0, 100) + '0'.repeat(line.length - 100)
    const rewritten: [string, boolean][] = [
      [`${torn(a)}\n${b}\n`, true],
      [`${a}\n${torn(b)}\n`, true],
      [`${torn(a)}\n${torn(b)}\n`, false],
      ['', false],
      ['\0'.repeat(text.length), false],
    ]
    for (const [content, fine] of rewritten) {
      const copy = await copyOf(directory)
      await writeFile(path.join(copy, 'head'), content)
      const opened = open(copy, false)
      if (fine) expect((await opened).length).toBe(6)
      else await expect(opened).rejects.toMatchObject(damaged)
      if (fine) await (await opened).close()
    }
    await rm(path.join(directory, 'head'))
    await expect(open(directory, false)).rejects.toMatchObject(damaged)
    await expect(open(directory, true)).rejects.toMatchObject(damaged)
  })
})
