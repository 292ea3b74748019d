import { describe, expect, it } from 'vitest'
import { decodeJson } from '../src/index.ts'
import { Bench } from './bench.ts'

const script = `
  exports.text = (n) => 'x'.repeat(n)
  exports.fail = (n) => { throw Object.assign(new Error('m'.repeat(n)), { name: 'n'.repeat(n), code: 'c'.repeat(n) }) }
  exports.put = async (path, n) => { await System.files.writeFile(path, 'x'.repeat(n)) }
  exports.putBytes = async (path, n) => { await System.files.writeFile(path, new Uint8Array(n)) }
  exports.caught = async (n) => { try { await System.files.writeFile('/f', 'x'.repeat(n)) } catch (e) { return [e.name, e.code] } }
  exports.many = async (n) => { for (let i = 0; i < n; i++) await System.files.writeFile('/m' + i, '') }
  exports.stubborn = async (n) => {
    for (;;) {
      try { for (let i = 0; i < n; i++) await System.files.writeFile('/s' + i, '') } catch {} finally { await System.files.writeFile('/after', '') }
    }
  }
  exports.ok = () => 1
`
// JSON adds two quotes.
const resultBytes = 100

const booted = () =>
  Bench.booted(script, {
    limits: { resultBytes, requestResultBytes: 250, fileBytes: 1_000, pathBytes: 20, callFiles: 5 },
  })

describe('limits of the machine', () => {
  it('resultBytes: exactly at the limit passes, one more aborts', async () => {
    const bench = await booted()
    expect(await bench.call('text', resultBytes - 2)).toHaveLength(resultBytes - 2)
    const { done, stop } = await bench.run(['ok'], ['text', resultBytes - 1], ['ok'], ['ok'])
    expect(stop).toEqual({ kind: 'abort' })
    const [first, second, ...rest] = done[0]?.results ?? []
    expect(first).toMatchObject({ status: 'returned' })
    expect(second).toMatchObject({
      status: 'aborted',
      abort: 'result-bytes',
      value: null,
      error: null,
      changes: [],
    })
    expect(rest.map(({ status }) => status)).toEqual(['skipped', 'skipped'])
    await expect(bench.run(['ok'])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_NOT_BOOTED' })
    await bench.boot()
    expect(await bench.call('ok')).toBe(1)
    await bench.close()
  })

  it('requestResultBytes: counts values and errors, exactly at the limit passes', async () => {
    const bench = await booted()
    const fits = await bench.run(['text', 98], ['text', 98], ['text', 48])
    expect(fits.stop).toBeNull()
    const over = await bench.run(['text', 98], ['text', 98], ['text', 49], ['ok'])
    expect(over.stop).toEqual({ kind: 'abort' })
    expect(over.done[0]?.results.map(({ status, abort }) => abort ?? status)).toEqual([
      'returned',
      'returned',
      'request-result-bytes',
      'skipped',
    ])
    await bench.boot()
    const errors = await bench.run(['fail', 60], ['fail', 60])
    expect(errors.done[0]?.results.map(({ status, abort }) => abort ?? status)).toEqual([
      'thrown',
      'request-result-bytes',
    ])
    await bench.close()
  })

  it('an abort in the middle of a batch ends the batch after its request', async () => {
    const bench = await booted()
    const requests = [
      bench.request(['ok']),
      bench.request(['text', 999], ['ok']),
      bench.request(['ok']),
    ]
    const { done, stop } = await bench.machine.run(requests)
    expect(stop).toEqual({ kind: 'abort' })
    expect(done).toHaveLength(2)
    await bench.close()
  })

  it('fileBytes: a catchable error', async () => {
    const bench = await booted()
    expect(await bench.call('put', '/f', 1_000)).toBeNull()
    const quota = { code: 'EFBIG', message: expect.stringContaining('QuotaExceededError') }
    await expect(bench.call('put', '/f', 1_001)).rejects.toMatchObject(quota)
    expect(await bench.call('putBytes', '/f', 1_000)).toBeNull()
    await expect(bench.call('putBytes', '/f', 1_001)).rejects.toMatchObject(quota)
    expect(await bench.call('caught', 5_000_000)).toEqual(['QuotaExceededError', 'EFBIG'])
    await bench.close()
  })

  it('pathBytes: counts UTF-8, exactly at the limit passes', async () => {
    const bench = await booted()
    expect(await bench.call('put', `/${'ä'.repeat(9)}x`, 1)).toBeNull()
    await expect(bench.call('put', `/${'ä'.repeat(10)}`, 1)).rejects.toMatchObject({
      code: 'EINVAL',
    })
    await bench.close()
  })

  it('callFiles: aborts, whatever the script catches, and leaves nothing', async () => {
    const bench = await booted()
    expect((await bench.result('many', 5)).changes).toHaveLength(5)
    expect(await bench.result('many', 6)).toMatchObject({
      status: 'aborted',
      abort: 'call-files',
      changes: [],
    })
    await bench.boot()
    expect(await bench.result('stubborn', 6)).toMatchObject({
      status: 'aborted',
      abort: 'call-files',
      changes: [],
    })
    await bench.boot()
    await expect(bench.call('caught', 0)).resolves.toBeNull()
    await bench.close()
  })
})

describe('what is kept of an error', () => {
  it('is cut at fixed lengths', async () => {
    const bench = await Bench.booted(script)
    const { error } = await bench.result('fail', 10_000)
    expect(error?.name).toHaveLength(100)
    expect(error?.code).toHaveLength(100)
    expect(error?.message).toHaveLength(4_096)
    await bench.close()
  })
})

describe('larger than the shared memory', () => {
  it('arguments, files and values come through whole', async () => {
    const bench = await Bench.booted(`
      exports.echo = (value) => value
      exports.file = async (n) => {
        const bytes = new Uint8Array(n).map((_, i) => i % 251)
        await System.files.writeFile('/f', bytes)
        const read = await System.files.readFile('/f', 'binary')
        return [read.length, read.every((byte, i) => byte === i % 251)]
      }
    `)
    const text = 'äx'.repeat(100_000)
    expect(await bench.call('echo', text)).toBe(text)
    expect(await bench.call('file', 1_000_000)).toEqual([1_000_000, true])
    expect(await bench.call('file', 10)).toEqual([10, true])
    const { done } = await bench.run(['echo', 'a'.repeat(900_000)], ['echo', 'small'])
    expect(
      done[0]?.results.map(({ value }) => (decodeJson(value as Uint8Array) as string).length),
    ).toEqual([900_000, 5])
    await bench.close()
  })
})

describe('methods of a script', () => {
  const named = (count: number, name: (i: number) => string = (i) => `m${i}`) =>
    Array.from(
      { length: count },
      (_, i) => `exports[${JSON.stringify(name(i))}] = () => ${i}`,
    ).join(';')
  const boot = async (source: string, limits: { methods?: number; methodBytes?: number }) => {
    const bench = await Bench.start(source, { limits })
    try {
      return await bench.boot()
    } finally {
      await bench.close()
    }
  }

  it('methods: exactly at the limit boots, one more is a failure of the top level', async () => {
    const most = await boot(`${named(5)}; exports.init = () => {}; exports.data = 1`, {
      methods: 5,
    })
    expect(most.outcome.status).toBe('returned')
    expect(most.methods).toHaveLength(5)
    const over = await boot(named(6), { methods: 5 })
    expect(over).toMatchObject({
      outcome: {
        status: 'thrown',
        error: {
          name: 'RangeError',
          message: 'the script has more than 5 methods, which is the limit',
          code: 'ERR_VMS_TOO_MANY_METHODS',
        },
      },
      methods: [],
      hasInit: false,
    })
  })

  it('methods: ten thousand and one are no more than a failure', async () => {
    const { outcome, methods } = await boot(named(10_001), {})
    expect(outcome).toMatchObject({
      status: 'thrown',
      error: { code: 'ERR_VMS_TOO_MANY_METHODS' },
    })
    expect(methods).toEqual([])
  })

  it.each([
    ['a', 1],
    ['é', 2],
    ['語', 3],
    ['😀', 4],
  ])('methodBytes: counts %s as %i in UTF-8', async (text, bytes) => {
    const name = (i: number) => text.repeat(i + 1)
    const source = named(3, name)
    expect((await boot(source, { methodBytes: 6 * bytes })).methods).toHaveLength(3)
    expect(await boot(source, { methodBytes: 6 * bytes - 1 })).toMatchObject({
      outcome: {
        status: 'thrown',
        error: {
          message: `the names of the script's methods have more than ${6 * bytes - 1} bytes, which is the limit`,
          code: 'ERR_VMS_TOO_MANY_METHODS',
        },
      },
      methods: [],
    })
  })

  it('what a getter of the exports throws after others were read leaves no methods', async () => {
    const source = `exports.a = () => 1; Object.defineProperty(exports, 'b', { enumerable: true, get() { throw new Error('no') } })`
    expect(await boot(source, {})).toMatchObject({ outcome: { status: 'thrown' }, methods: [] })
  })
})
