/** Entries and files, read through a host with proofs: the same as the ledger and the drive have them. */
import { FilesArchive, NodeVMSClient } from '@vms/client'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Place } from './place.ts'

const SCRIPT = `
exports.init = async () => { await System.files.mkdir('/said') }
exports.write = async (path, data) => { await System.files.writeFile(path, data) }
exports.bytes = async (path, data) => { await System.files.writeFile(path, data, 'binary') }
exports.mkdir = async (path) => { await System.files.mkdir(path) }
exports.remove = async (path) => { await System.files.unlink(path) }
exports.read = (path) => System.files.readFile(path)
exports.readdir = (path, options) => System.files.readdir(path, options)
exports.nothing = () => {}
exports.echo = (value) => value`

describe('entries', () => {
  test('are those of the ledger, in batches, under the head of the moment', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const client = await place.connect(host, { requestCalls: 1 })
    await Promise.all(Array.from({ length: 600 }, (_, i) => client.$call('echo', [i])))
    const { length } = client.$ledger.head
    expect(length).toBe(603)
    const types: string[] = []
    for await (const { index, entry } of client.$ledger.entries()) {
      expect(index).toBe(types.length)
      types.push(entry.type)
    }
    expect(types).toHaveLength(length)
    expect(types.slice(0, 4)).toEqual(['genesis', 'boot', 'init', 'calls'])
    const { entry } = await client.$ledger.entry(10)
    if (entry.type !== 'calls') throw new Error(`it is a ${entry.type}`)
    expect(await client.$ledger.calls(entry)).toMatchObject({
      signature: 'holds',
      calls: [{ method: 'echo', outcome: { status: 'returned', value: expect.any(Number) } }],
    })
    const altered = { ...entry, signature: new Uint8Array(64) }
    expect(await client.$ledger.calls(altered)).toMatchObject({ signature: 'wrong' })
    for (const [start, end] of [
      [-1, 2],
      [5, 4],
      [0, length + 1],
      [0.5, 2],
    ] as const) {
      await expect(client.$ledger.entries(start, end).next()).rejects.toMatchObject({
        code: 'ERR_VMS_OUT_OF_RANGE',
      })
    }
    expect(await client.$ledger.entries(7, 7).next()).toMatchObject({ done: true })
  })

  test('of more bytes than one answer holds come in several', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const client = await place.connect(host, { requestCalls: 1 })
    const text = 'x'.repeat(900_000)
    for (let i = 0; i < 5; i++) await client.$call('echo', [text])
    const sizes: number[] = []
    for await (const { bytes } of client.$ledger.entries(3)) sizes.push(bytes.length)
    expect(sizes).toHaveLength(5)
    for (const size of sizes) expect(size).toBeGreaterThan(1_800_000)
  })

  test('a client that listens hears of what others do; one that does not is told nothing', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const quiet = await place.connect(host)
    const listening = await place.connect(host)
    const actor = await place.connect(host)
    const heard = Promise.withResolvers<number>()
    listening.$on('update', ({ length }) => {
      if (length >= 5) heard.resolve(length)
    })
    await actor.$call('nothing')
    await actor.$call('nothing')
    expect(await heard.promise).toBe(5)
    expect(listening.$ledger.head).toEqual(actor.$ledger.head)
    expect(quiet.$ledger.head.length).toBe(3)
  })
})

describe('files', () => {
  test('have the names and errors of scripts, also as an archive by its URL', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const client = new NodeVMSClient({ timeout: 60_000 })
    onTestFinished(() => client.close())
    await client.connect(host.url)
    await client.$call('write', ['/said/a', 'Hello, wörld'])
    await client.$call('write', ['/said/b', ''])
    await client.$call('bytes', ['/big', new Uint8Array(300_000).fill(7)])
    await client.$call('write', ['/data.json', '{"a":[1]}'])
    const archive = new FilesArchive(
      (client.backendInfo as { filesArchiveUrl: string }).filesArchiveUrl,
    )
    for (const files of [client.files, archive]) {
      expect(await files.readdir('/')).toEqual(['big', 'data.json', 'said'])
      expect(await files.readdir('/', { recursive: true })).toEqual([
        'big',
        'data.json',
        'said',
        'said/a',
        'said/b',
      ])
      expect(await files.readFile('/said/a')).toBe('Hello, wörld')
      expect(await files.readFile('said/../said//b')).toBe('')
      expect(await files.readFile('/data.json', 'json')).toEqual({ a: [1] })
      expect(await files.readFile('/big', 'binary')).toEqual(new Uint8Array(300_000).fill(7))
      const stat = await files.stat('/said/a')
      expect([stat.size, stat.isFile(), stat.isDirectory()]).toEqual([13, true, false])
      expect(stat.mtime.getTime()).toBeGreaterThan(1.7e12)
      expect((await files.stat('/said')).isDirectory()).toBe(true)
      expect((await files.stat('/')).isDirectory()).toBe(true)
      const [first] = await files.readdir('/said', { stat: true })
      expect([first?.name, first?.stat.size]).toEqual(['a', 13])
      const wrong = [
        [files.readFile('/said/c'), 'ENOENT', 'NotFoundError'],
        [files.readFile('/said'), 'EISDIR', 'NotAFileError'],
        [files.readFile('/'), 'EISDIR', 'NotAFileError'],
        [files.readdir('/said/a'), 'ENOTDIR', 'NotAFolderError'],
        [files.readdir('/said/a/b'), 'ENOENT', 'NotFoundError'],
        [files.stat('/..'), 'EINVAL', 'InvalidPathError'],
        [files.stat('/\0'), 'EINVAL', 'InvalidPathError'],
      ] as const
      for (const [promise, code, name] of wrong) {
        await expect(promise).rejects.toMatchObject({ code, name })
      }
    }
    client.close()
    await expect(archive.readdir('/')).rejects.toMatchObject({ code: 'ERR_VMS_NOT_CONNECTED' })
    expect(() => new FilesArchive(host.ledgerUrl)).toThrow('names no files')
  })

  test('at every group are what they were then, and change as the groups say', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const client = await place.connect(host)
    const model = new Map<string, string>()
    const states: { length: number; files: Map<string, string> }[] = []
    const remember = (): void => {
      states.push({ length: client.$ledger.head.length, files: new Map(model) })
    }
    const names = Array.from({ length: 40 }, (_, i) => `/said/${(i * 7919) % 100}-é${i % 3}`)
    for (const [i, name] of names.entries()) {
      await client.$call('write', [name, `text ${i}`])
      model.set(name, `text ${i}`)
      if (i % 4 === 3) {
        const gone = names[i - 2] as string
        await client.$call('remove', [gone])
        model.delete(gone)
      }
      remember()
    }
    for (const { length, files } of states) {
      const view = client.$files.checkout(length)
      const inside = await view.readdir('/said')
      expect(inside.map((name) => `/said/${name}`)).toEqual([...files.keys()].sort())
      for (const name of names.slice(0, 6)) {
        const text = await view.readFile(name).catch((error: { code: string }) => error.code)
        expect(text).toBe(files.get(name) ?? 'ENOENT')
      }
    }
    const [first, second] = [states[2], states[3]] as [(typeof states)[0], (typeof states)[0]]
    expect(await client.$files.changes(first.length, second.length)).toEqual([
      { path: names[3], type: 'put' },
      { path: names[1], type: 'del' },
    ])
    expect(await client.$files.changes(0, 3)).toEqual([{ path: '/said', type: 'put' }])
    await expect(client.$files.checkout(2).stat('/')).rejects.toMatchObject({
      code: 'ERR_VMS_NOT_A_GROUP_END',
    })
  })

  test('a watcher hears of changes at its path, in order, and of nothing after it has stopped', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const watching = await place.connect(host)
    const actor = await place.connect(host)
    const heard: string[] = []
    const last = Promise.withResolvers<void>()
    const stop = watching.$files.watch('/said', (changes) => {
      for (const { path, type } of changes) {
        heard.push(`${type} ${path}`)
        if (path === '/said/end') last.resolve()
      }
    })
    for (let i = 0; i < 20; i++) await actor.$call('write', [`/said/${i}`, 'x'])
    await actor.$call('write', ['/elsewhere', 'x'])
    await actor.$call('remove', ['/said/3'])
    await actor.$call('write', ['/said/end', 'x'])
    await last.promise
    const written = Array.from({ length: 20 }, (_, i) => `put /said/${i}`)
    expect(heard).toEqual([...written, 'del /said/3', 'put /said/end'])
    stop()
    const grown = Promise.withResolvers<void>()
    watching.$on('update', () => grown.resolve())
    await actor.$call('write', ['/said/later', 'x'])
    await grown.promise
    expect(await watching.$files.readFile('/said/later')).toBe('x')
    expect(heard).toHaveLength(22)
  })

  test('random trees read as the script reads them', async () => {
    const place = await Place.make()
    const host = await place.host(SCRIPT)
    const client = await place.connect(host)
    const name = fc.string({
      unit: fc.constantFrom('a', 'b', '-', '0', 'é', '😀'),
      minLength: 1,
      maxLength: 3,
    })
    const folders = ['', '/a', '/a/b', '/a-b', '/é']
    for (const folder of folders.slice(1)) await client.$call('mkdir', [folder])
    const paths = fc
      .tuple(fc.constantFrom(...folders), name)
      .map(([folder, leaf]) => `${folder}/f${leaf}`)
    const writes = fc.sample(paths, { numRuns: 150, seed: 7 })
    await Promise.all(writes.map((path, i) => client.$call('write', [path, `${path} ${i}`])))
    for (const folder of ['/', ...folders.slice(1)]) {
      expect(await client.$files.readdir(folder)).toEqual(await client.$call('readdir', [folder]))
      const options = { recursive: true }
      expect(await client.$files.readdir(folder, options)).toEqual(
        await client.$call('readdir', [folder, options]),
      )
    }
    for (const path of new Set(writes)) {
      expect(await client.$files.readFile(path)).toBe(await client.$call('read', [path]))
    }
  })
})
