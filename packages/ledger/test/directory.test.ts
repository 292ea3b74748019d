import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { encodeEntry } from '@vms/format'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../src/index.ts'
import {
  bootEntry,
  callsEntry,
  crypto,
  file,
  freshDirectory,
  genesisEntry,
  startedLedger,
} from './fixtures.ts'

const childPath = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

async function stoppedLedger(): Promise<string> {
  const ledger = await startedLedger()
  await ledger.commit({ entries: [callsEntry(1)], changes: [file('/a', 'one')] })
  await ledger.close()
  return ledger.directory
}

const opening = async (directory: string, readOnly = false): Promise<Ledger> =>
  await Ledger.open(directory, { crypto, readOnly })

describe('a directory without a ledger', () => {
  it('is said to be one, and stays as it is', async () => {
    const directory = await freshDirectory()
    await expect(opening(directory)).rejects.toMatchObject({ code: 'ERR_VMS_NO_LEDGER', directory })
    await expect(stat(directory)).rejects.toMatchObject({ code: 'ENOENT' })
    await mkdir(directory)
    await writeFile(path.join(directory, 'mine.txt'), 'mine')
    await expect(opening(directory)).rejects.toMatchObject({ code: 'ERR_VMS_NO_LEDGER' })
    expect(await readdir(directory)).toEqual(['mine.txt'])
  })

  it('can be made one, also after a first commit that never happened, with another genesis too', async () => {
    const directory = await freshDirectory()
    const keys: Uint8Array[] = []
    for (const source of ['one', 'one', 'two']) {
      const genesis = () => encodeEntry(genesisEntry(source))
      const ledger = await Ledger.create(directory, { crypto, genesis })
      keys.push(ledger.key)
      expect(() => ledger.head).toThrow(RangeError)
      await ledger.close()
      await expect(opening(directory)).rejects.toMatchObject({ code: 'ERR_VMS_NO_LEDGER' })
    }
    expect(keys[1]).toEqual(keys[0])
    expect(keys[2]).not.toEqual(keys[0])
    const genesis = genesisEntry('two')
    const ledger = await Ledger.create(directory, { crypto, genesis: () => encodeEntry(genesis) })
    await ledger.commit({ entries: [genesis, bootEntry()], changes: [] })
    await ledger.close()
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    await expect(
      Ledger.create(directory, { crypto, genesis: () => encodeEntry(genesis) }),
    ).rejects.toMatchObject({ code: 'ERR_VMS_LEDGER_EXISTS' })
    await (await opening(directory)).close()
  })
})

describe('a copied directory that lost service.json', () => {
  it('is damaged, and nothing of it is overwritten', async () => {
    const directory = await stoppedLedger()
    const copy = path.join(await freshDirectory(), 'copy')
    await cp(directory, copy, { recursive: true })
    await rm(path.join(copy, 'service.json'))
    const content = async (): Promise<string[]> =>
      (await readdir(copy, { recursive: true })).toSorted()
    const before = [await content(), await readFile(path.join(copy, 'head'), 'utf8')]
    const genesis = () => encodeEntry(genesisEntry('another'))
    await expect(Ledger.create(copy, { crypto, genesis })).rejects.toMatchObject({
      code: 'ERR_VMS_LEDGER_DAMAGED',
      message: expect.stringContaining('service.json is not there'),
    })
    await rm(path.join(copy, 'head'))
    await expect(Ledger.create(copy, { crypto, genesis })).rejects.toMatchObject({
      code: 'ERR_VMS_LEDGER_MOVED',
    })
    await writeFile(path.join(copy, 'head'), before[1] as string)
    expect(await content()).toEqual(before[0])
  })
})

describe('a directory that is in use', () => {
  it('is refused to the same process', async () => {
    const directory = await stoppedLedger()
    await using ledger = await opening(directory)
    const locked = { code: 'ERR_VMS_LEDGER_LOCKED', directory, pid: process.pid }
    await expect(opening(directory)).rejects.toMatchObject(locked)
    await expect(opening(directory, true)).rejects.toMatchObject(locked)
    const genesis = () => encodeEntry(genesisEntry())
    await expect(Ledger.create(directory, { crypto, genesis })).rejects.toMatchObject(locked)
    expect(ledger.length).toBe(3)
  })

  it('is refused to another process, by name, until that is gone, however it went', async () => {
    const directory = await stoppedLedger()
    const holder = spawn(process.execPath, [childPath('./hold-child.ts'), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(holder.stdout, 'data')
    await expect(opening(directory)).rejects.toMatchObject({
      code: 'ERR_VMS_LEDGER_LOCKED',
      directory,
      pid: holder.pid,
    })
    await expect(opening(directory, true)).rejects.toThrow(String(holder.pid))
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await (await opening(directory, true)).close()
    await (await opening(directory)).close()
  })
})

describe('a stopped directory', () => {
  it('can be read without being written to', async () => {
    const directory = await stoppedLedger()
    const snapshot = async (): Promise<string[]> =>
      await Promise.all(
        (await readdir(directory, { recursive: true, withFileTypes: true }))
          .filter((item) => item.isFile())
          .map(async (item) => {
            const name = path.join(item.parentPath, item.name)
            return `${name} ${Buffer.from(crypto.hash(await readFile(name))).toString('hex')}`
          }),
      )
    const before = (await snapshot()).filter((line) => !line.includes('/LOG'))
    const ledger = await opening(directory, true)
    expect(ledger.length).toBe(3)
    expect(await ledger.files.read('/a')).toEqual(new TextEncoder().encode('one'))
    await expect(ledger.commit({ entries: [callsEntry(1)], changes: [] })).rejects.toThrow(
      TypeError,
    )
    await ledger.close()
    expect((await snapshot()).filter((line) => !line.includes('/LOG'))).toEqual(before)
  })

  it('can be read as a copy, but not be continued as one', async () => {
    const directory = await stoppedLedger()
    const copy = await freshDirectory()
    await cp(directory, copy, { recursive: true })
    await expect(opening(copy)).rejects.toMatchObject({
      code: 'ERR_VMS_LEDGER_MOVED',
      directory: copy,
    })
    const ledger = await opening(copy, true)
    expect(ledger.length).toBe(3)
    await ledger.close()
    // What the hint says to do when the original is gone.
    await rm(path.join(copy, 'store', 'CORESTORE'))
    const continued = await opening(copy)
    await continued.commit({ entries: [callsEntry(2)], changes: [] })
    expect(continued.length).toBe(4)
    await continued.close()
  })

  it('is called damaged when its parts do not fit together', async () => {
    const directory = await stoppedLedger()
    const name = path.join(directory, 'service.json')
    const text = await readFile(name, 'utf8')
    const damaged = { code: 'ERR_VMS_LEDGER_DAMAGED', directory }
    for (const content of [
      '',
      '{}',
      'null',
      text.replace('"layout": 1', '"layout": 2'),
      text.replace(/[0-9a-f]{64}/, 'f'),
    ]) {
      await writeFile(name, content)
      await expect(opening(directory)).rejects.toMatchObject(damaged)
    }
    const { ledger } = JSON.parse(text)
    await writeFile(name, text.replace(ledger, 'f'.repeat(64)))
    await expect(opening(directory)).rejects.toMatchObject(damaged)
    await writeFile(name, text)
    await (await opening(directory)).close()
  })
})

describe('a full disk', () => {
  it('is a named error, and nothing acknowledged is lost', async () => {
    const directory = await stoppedLedger()
    // A limit on the size of a file stands for a full disk: no write gets through past 8 MB of write-ahead log.
    const command = 'ulimit -f 8000; exec "$0" "$@"'
    const args = ['-c', command, process.execPath, childPath('./fill-child.ts'), directory]
    const { stdout } = await promisify(execFile)('bash', args)
    const [code, length] = stdout.trim().split(' ')
    expect(code).toBe('ERR_VMS_DISK_FULL')
    expect(Number(length)).toBeGreaterThan(50)
    const ledger = await opening(directory)
    // The group that failed may be there or not, but only whole.
    expect([Number(length), Number(length) + 2]).toContain(ledger.length)
    await ledger.commit({ entries: [callsEntry(1)], changes: [] })
    await ledger.close()
  })
})
