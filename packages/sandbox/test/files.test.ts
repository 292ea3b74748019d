import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallResult } from '../src/index.ts'
import { Bench } from './bench.ts'

/** The body of a method, so that each test reads like a script. */
const script = `
  const { files } = System
  exports.put = (path, text) => files.writeFile(path, text)
  exports.get = (path, options) => files.readFile(path, options)
  exports.stat = async (path) => { const s = await files.stat(path); return { file: s.isFile(), directory: s.isDirectory(), ...s } }
  exports.dir = async (path, options) => {
    const list = await files.readdir(path, options)
    return list.map((item) => typeof item === 'string' ? item : [item.name, item.stat.isFile(), item.stat.size])
  }
  for (const name of ['mkdir', 'unlink', 'rmdir', 'copy', 'rename', 'history', 'getInfo', 'writeFile']) exports[name] = (...args) => files[name](...args)
  exports.bytes = async () => {
    await files.writeFile('/bytes', new Uint8Array([0, 255, 128]))
    const buffer = await files.readFile('/bytes', 'binary')
    return [Buffer.isBuffer(buffer), [...buffer], await files.readFile('/bytes', 'hex'), await files.readFile('/bytes', { encoding: 'base64' })]
  }
  exports.throwsAfterWriting = async () => { await files.writeFile('/lost', 'x'); await files.unlink('/kept'); throw new Error('no') }
  exports.order = async () => {
    const seen = []
    const first = files.writeFile('/o', '1').then(() => seen.push('written'))
    Promise.resolve().then(() => seen.push('microtask'))
    seen.push('sync')
    await first
    return seen
  }
  exports.many = async () => { for (const name of ['b', 'a', '\\u{1f600}', '\\uffff']) await files.writeFile(name, '') }
  exports.notAwaited = () => { files.writeFile('/now', 'x'); return 1 }
  exports.afterwards = () => { (async () => { for (let i = 0; i < 10; i++) await null; await files.writeFile('/late', 'x') })().catch((e) => { globalThis.late = e.code }); return 1 }
  exports.lateCode = () => globalThis.late
`

describe('System.files', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(script)
  })
  afterAll(() => bench.close())
  const fails = (code: string, name: string, method: string, ...args: unknown[]) =>
    expect(bench.call(method, ...args), `${method} ${JSON.stringify(args)}`).rejects.toMatchObject({
      code,
      message: expect.stringMatching(`^${name}: `),
    })

  it('writes and reads text, with and without a leading slash', async () => {
    await bench.call('put', 'a.txt', 'grüezi')
    expect(await bench.call('get', '/a.txt')).toBe('grüezi')
    expect(await bench.call('get', './x/../a.txt', 'utf-8')).toBe('grüezi')
    expect(await bench.call('stat', '/a.txt')).toEqual({
      file: true,
      directory: false,
      size: 7,
      mtime: new Date(bench.time).toISOString(),
    })
  })

  it('writes and reads in every encoding', async () => {
    expect(await bench.call('bytes')).toEqual([true, [0, 255, 128], '00ff80', 'AP+A'])
    await bench.call('writeFile', '/h', '00ff80', 'hex')
    expect(await bench.call('get', '/h', 'base64')).toBe('AP+A')
    await bench.call('writeFile', '/b', 'AP-A', { encoding: 'base64' })
    expect(await bench.call('get', '/b', 'hex')).toBe('00ff80')
    await bench.call('writeFile', '/j', { a: [1, null] }, 'json')
    expect(await bench.call('get', '/j', { encoding: 'json' })).toEqual({ a: [1, null] })
    await bench.call('writeFile', '/l', 'ÿ', 'binary')
    expect(await bench.call('get', '/l', 'hex')).toBe('ff')
    expect(await bench.call('get', '/l')).toBe('\ufffd')
  })

  it('refuses what is not encoded so', async () => {
    const invalid = ['ERR_UNKNOWN_ENCODING', 'InvalidEncodingError'] as const
    await fails(...invalid, 'get', '/a.txt', 'latin7')
    await fails(...invalid, 'writeFile', '/x', 'abc', 'hex')
    await fails(...invalid, 'writeFile', '/x', 'zz', 'hex')
    await fails(...invalid, 'writeFile', '/x', 'a', 'base64')
    await fails(...invalid, 'writeFile', '/x', 'a b=', 'base64')
    await fails(...invalid, 'writeFile', '/x', '\u0100', 'binary')
    await fails(...invalid, 'get', '/a.txt', 'json')
    await fails('ERR_INVALID_ARG_TYPE', 'TypeError', 'writeFile', '/x', 5)
  })

  it('has folders', async () => {
    await bench.call('mkdir', '/d')
    await bench.call('mkdir', 'd/e/')
    await bench.call('put', '/d/e/f', 'x')
    expect(await bench.call('dir', '/d')).toEqual(['e'])
    expect(await bench.call('dir', 'd', { recursive: true })).toEqual(['e', 'e/f'])
    expect(await bench.call('dir', '/d', { recursive: true, stat: true })).toEqual([
      ['e', false, 0],
      ['e/f', true, 1],
    ])
    expect(await bench.call('stat', '/d')).toMatchObject({ directory: true, size: 0 })
    expect(await bench.call('stat', '/')).toMatchObject({ directory: true })
    await fails('ENOTEMPTY', 'DestDirectoryNotEmpty', 'rmdir', '/d')
    await bench.call('rmdir', '/d', { recursive: true })
    await fails('ENOENT', 'NotFoundError', 'stat', '/d/e/f')
    await bench.call('mkdir', '/empty')
    await bench.call('rmdir', '/empty')
    await fails('ENOENT', 'NotFoundError', 'dir', '/empty')
  })

  it('names its errors as in 2017', async () => {
    await bench.call('mkdir', '/folder')
    await fails('ENOENT', 'NotFoundError', 'get', '/none')
    await fails('ENOENT', 'NotFoundError', 'unlink', '/none')
    await fails('ENOENT', 'NotFoundError', 'rmdir', '/none')
    await fails('ENOENT', 'NotFoundError', 'copy', '/none', '/x')
    await fails('EISDIR', 'NotAFileError', 'get', '/folder')
    await fails('EISDIR', 'NotAFileError', 'unlink', '/folder')
    await fails('ENOTDIR', 'NotAFolderError', 'dir', '/a.txt')
    await fails('ENOTDIR', 'NotAFolderError', 'rmdir', '/a.txt')
    await fails('EEXIST', 'EntryAlreadyExistsError', 'mkdir', '/folder')
    await fails('EEXIST', 'EntryAlreadyExistsError', 'mkdir', '/a.txt')
    await fails('EEXIST', 'EntryAlreadyExistsError', 'put', '/folder', 'x')
    await fails('EEXIST', 'EntryAlreadyExistsError', 'put', '/', 'x')
    await fails('ENOENT', 'ParentFolderDoesntExistError', 'put', '/no/such', 'x')
    await fails('ENOENT', 'ParentFolderDoesntExistError', 'put', '/a.txt/below', 'x')
    await fails('ENOENT', 'ParentFolderDoesntExistError', 'mkdir', '/no/such')
    await fails('EINVAL', 'InvalidPathError', 'rmdir', '/')
    for (const path of ['/../x', '..', 'a\0b', 'a\\b', 5, null, `/${'x'.repeat(1_024)}`]) {
      await fails('EINVAL', 'InvalidPathError', 'get', path)
    }
  })

  it('copies and renames files and folders', async () => {
    await bench.call('mkdir', '/s')
    await bench.call('mkdir', '/s/t')
    await bench.call('put', '/s/t/u', '1')
    await bench.call('copy', '/s', '/c')
    expect(await bench.call('dir', '/c', { recursive: true })).toEqual(['t', 't/u'])
    await bench.call('rename', '/s', '/c/s')
    expect(await bench.call('get', '/c/s/t/u')).toBe('1')
    await fails('ENOENT', 'NotFoundError', 'stat', '/s')
    await bench.call('put', '/over', 'old')
    await bench.call('rename', '/c/t/u', '/over')
    expect(await bench.call('get', '/over')).toBe('1')
    await bench.call('rename', '/over', '/over')
    expect(await bench.call('get', '/over')).toBe('1')
    await fails('EEXIST', 'EntryAlreadyExistsError', 'copy', '/c', '/folder')
    await fails('EINVAL', 'InvalidPathError', 'copy', '/c', '/c/s/deep')
    await fails('EEXIST', 'EntryAlreadyExistsError', 'rename', '/over', '/c')
  })

  it('orders names by their UTF-8 bytes', async () => {
    await bench.call('mkdir', '/names')
    for (const name of ['b', 'a', '😀', '\uffff', 'B'])
      await bench.call('put', `/names/${name}`, '')
    expect(await bench.call('dir', '/names')).toEqual(['B', 'a', 'b', '\uffff', '😀'])
    const { changes } = await bench.result('many')
    expect(changes.map(({ path }) => path)).toEqual(['/a', '/b', '/\uffff', '/😀'])
  })

  it('tells about the service and the entry', async () => {
    const info = { title: 'A test', key: 'hyper://files', url: 'hyper://files' }
    expect(await bench.call('getInfo')).toEqual({ ...info, version: bench.position })
  })

  it('settles in the order of microtasks, whether something is cached or not', async () => {
    expect(await bench.call('order')).toEqual(['sync', 'written', 'microtask'])
  })

  it('counts what was not awaited, and refuses what comes after the reply', async () => {
    expect((await bench.result('notAwaited')).changes).toMatchObject([{ path: '/now' }])
    expect((await bench.result('afterwards')).changes).toEqual([])
    expect(await bench.call('lateCode')).toBe('ERR_VMS_CALL_OVER')
  })
})

describe('changes', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(script)
  })
  afterAll(() => bench.close())
  const text = (result: CallResult) =>
    result.changes.map((change) =>
      change.kind === 'file'
        ? [change.path, Buffer.from(change.data).toString(), change.mtime]
        : [change.path, change.kind],
    )

  it('of a call that throws are dropped whole', async () => {
    await bench.call('put', '/kept', 'old')
    const result = await bench.result('throwsAfterWriting')
    expect(result).toMatchObject({ status: 'thrown', changes: [] })
    expect(await bench.call('get', '/kept')).toBe('old')
    await expect(bench.call('get', '/lost')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('are the last per path, and nothing where nothing was and nothing is', async () => {
    await bench.call('put', '/gone', 'x')
    bench.time += 5
    expect(text(await bench.result('unlink', '/gone'))).toEqual([['/gone', 'deleted']])
    expect(text(await bench.result('put', '/one', '1'))).toEqual([['/one', '1', bench.time]])
    expect(text(await bench.result('mkdir', '/dir'))).toEqual([['/dir', 'directory']])
  })

  it('are seen by the next call before and after they are committed, and after a boot', async () => {
    const put = await bench.result('put', '/c', 'v1')
    expect(await bench.call('get', '/c')).toBe('v1')
    await bench.boot()
    expect(await bench.call('get', '/c')).toBe('v1')
    bench.commit(put)
    expect(await bench.call('get', '/c')).toBe('v1')
    const again = await bench.result('put', '/c', 'v2')
    expect(await bench.call('get', '/c')).toBe('v2')
    bench.commit(again)
    expect(await bench.call('dir', '/')).toContain('c')
    expect((await bench.result('unlink', '/c')).changes).toEqual([{ path: '/c', kind: 'deleted' }])
    expect(await bench.call('dir', '/')).not.toContain('c')
  })

  it('large and binary come through whole', async () => {
    const large = 'x'.repeat(3_000_000)
    const { changes } = await bench.result('put', '/large', large)
    expect((changes[0] as { data: Uint8Array }).data.byteLength).toBe(3_000_000)
    const read = await bench.call('stat', '/large')
    expect(read).toMatchObject({ size: 3_000_000 })
  })
})

describe('history', () => {
  it('shows what earlier groups changed, and waits until they are committed', async () => {
    const bench = await Bench.booted(script)
    const first = await bench.result('put', '/a', '1')
    const { position } = bench
    // The group is committed while the next one already runs.
    const asked = bench.call('history')
    setTimeout(() => {
      bench.files.commit(first.changes, position)
      bench.machine.committed(position)
    }, 100)
    expect(await asked).toEqual([{ path: '/a', version: position, type: 'put' }])
    bench.commit(await bench.result('unlink', '/a'))
    expect(await bench.call('history', { reverse: true })).toEqual([
      { path: '/a', version: position + 2, type: 'del' },
      { path: '/a', version: position, type: 'put' },
    ])
    expect(await bench.call('history', { start: position + 1 })).toHaveLength(1)
    expect(await bench.call('history', { end: position + 1 })).toHaveLength(1)
    await bench.close()
  })
})

describe('committed files', () => {
  it('are asked for once, and their failure is the machine’s and not the call’s', async () => {
    const bench = await Bench.booted(script)
    bench.files.commit([{ path: '/f', kind: 'file', data: Buffer.from('stored'), mtime: 7 }], 0)
    expect(await bench.call('get', '/f')).toBe('stored')
    expect(await bench.call('stat', '/f')).toMatchObject({
      size: 6,
      mtime: new Date(7).toISOString(),
    })
    bench.files.stat = () => Promise.reject(new Error('disk on fire'))
    bench.files.read = () => Promise.reject(new Error('disk on fire'))
    expect(await bench.call('get', '/f')).toBe('stored')
    await expect(bench.run(['get', '/g'])).rejects.toMatchObject({
      code: 'ERR_VMS_FILES_UNAVAILABLE',
    })
    await expect(bench.run(['get', '/f'])).rejects.toMatchObject({
      code: 'ERR_VMS_FILES_UNAVAILABLE',
    })
    await bench.close()
  })
})
