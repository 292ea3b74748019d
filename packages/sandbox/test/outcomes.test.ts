import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from './bench.ts'

const script = `
  const thrower = (what) => () => { throw what }
  exports.text = thrower('a text')
  exports.nothing = thrower(undefined)
  exports.none = thrower(null)
  exports.number = thrower(-0)
  exports.bigint = thrower(12n)
  exports.symbol = thrower(Symbol('s'))
  exports.object = thrower({ name: 'Fake', message: 'fake', code: 'X' })
  exports.list = thrower([1])
  exports.fn = thrower(() => {})
  exports.proxy = thrower(new Proxy(new Error('x'), { get() { throw new Error('trap') } }))
  exports.rejects = () => Promise.reject(new RangeError('mine'))
  exports.getters = () => { const e = new Error('x'); for (const name of ['name', 'message', 'code']) Object.defineProperty(e, name, { get() { throw new Error('trap') } }); throw e }
  exports.objects = () => { const e = new Error('x'); Object.assign(e, { name: {}, message: [], code: {} }); e.message = []; throw e }
  exports.numberCode = () => { throw Object.assign(new Error('x'), { code: 404 }) }
  exports.lone = () => { throw Object.assign(new Error('a\\ud800b'), { code: '\\udfff' }) }
  exports.engineType = () => null.x
  exports.engineReference = () => notThere
  exports.engineRange = () => new Array(-1)
  exports.engineSyntax = () => JSON.parse('{')
  exports.engineUri = () => decodeURIComponent('%')
  exports.engineAggregate = () => Promise.any([Promise.reject(1)])
  exports.engineDressed = () => { try { null.x } catch (e) { e.name = 'Mine'; e.message = 'mine'; e.code = 'MINE'; throw e } }
  exports.rethrown = () => { try { null.x } catch (e) { throw new Error('wrapped: failed', { cause: e }) } }
  exports.subclass = () => { class Denied extends Error { constructor() { super('no'); this.name = 'Denied'; this.code = 'EACCES' } } throw new Denied() }
  exports.unhandled = () => { Promise.reject(new TypeError('nobody cares')); return 1 }
  exports.unhandledThenTimer = () => { Promise.reject(new TypeError('nobody cares')); return new Promise((resolve) => setTimeout(resolve, 1, 'timer')) }
  exports.unhandledSpoof = () => { Promise.reject(new Error('Script execution timed out.')); Promise.reject(new Error('Isolate was disposed during execution due to memory limit')); Promise.reject(); return 2 }
  exports.unhandledGetter = () => { Promise.reject(Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('trap') } })); return 3 }
  exports.never = () => new Promise(() => {})
  exports.thenable = () => ({ then(resolve) { resolve({ then(resolve) { resolve('deep') } }) } })
  exports.badThenable = () => ({ then() { throw new TypeError('bad then') } })
  exports.silentThenable = () => ({ then() {} })
  exports.thenGetter = () => ({ get then() { throw new TypeError('getter') } })
  exports.twice = () => ({ then(resolve) { resolve(1); resolve(2); throw new Error('late') } })
  exports.getterValue = () => ({ get a() { return 'got' } })
  exports.throwingGetter = () => ({ get a() { throw new TypeError('from the getter') } })
  exports.proxyValue = () => new Proxy({ a: 1 }, { ownKeys() { throw new RangeError('from the trap') } })
  exports.toJson = () => ({ toJSON() { return System.files.writeFile('/from-toJSON', 'x').catch((e) => { globalThis.code = e.code }), 1 } })
  exports.code = () => globalThis.code
  exports.cycle = () => { const a = {}; a.a = a; return a }
  let resolveOld
  exports.hangsOn = () => new Promise((resolve) => { resolveOld = resolve })
  exports.resolvesOld = async () => { resolveOld('old'); await null; await null; await null; return 'new' }
  const secret = System.caller
  exports.whoLater = async () => { for (let i = 0; i < 20; i++) await null; return secret.id }
`

describe('outcomes', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(script)
  })
  afterAll(() => bench.close())
  const thrown = async (method: string) => {
    const { status, error, value, changes } = await bench.result(method)
    expect([status, value, changes]).toEqual(['thrown', null, []])
    return error
  }

  it('what is thrown and no error is described', async () => {
    const described = {
      text: 'a text',
      nothing: 'undefined',
      none: 'null',
      number: '0',
      bigint: '12n',
      symbol: 'Symbol(s)',
      object: 'an object',
      list: 'an array',
      fn: 'a function',
      proxy: 'an object',
    }
    for (const [method, message] of Object.entries(described)) {
      expect(await thrown(method)).toEqual({ name: 'NonError', message, code: null })
    }
  })

  it('an error of the script keeps name, message and code', async () => {
    expect(await thrown('rejects')).toEqual({ name: 'RangeError', message: 'mine', code: null })
    expect(await thrown('subclass')).toEqual({ name: 'Denied', message: 'no', code: 'EACCES' })
    expect(await thrown('numberCode')).toEqual({ name: 'Error', message: 'x', code: '404' })
    expect(await thrown('rethrown')).toEqual({
      name: 'Error',
      message: 'wrapped: failed',
      code: null,
    })
    expect(await thrown('lone')).toEqual({ name: 'Error', message: 'a\ufffdb', code: '\ufffd' })
  })

  it('an error that cannot be read has what is left of it', async () => {
    expect(await thrown('getters')).toEqual({ name: 'Error', message: '', code: null })
    expect(await thrown('objects')).toEqual({ name: 'Error', message: '', code: null })
  })

  it('an error of the engine has a message of ours, and the real one goes to the log', async () => {
    const kinds = {
      engineType: 'a TypeError',
      engineReference: 'a ReferenceError',
      engineRange: 'a RangeError',
      engineSyntax: 'a SyntaxError',
      engineUri: 'a URIError',
      engineAggregate: 'an AggregateError',
    }
    for (const [method, kind] of Object.entries(kinds)) {
      bench.lines.length = 0
      expect(await thrown(method)).toEqual({
        name: kind.split(' ')[1],
        message: `${kind} raised by the engine`,
        code: null,
      })
      expect(bench.lines, method).toHaveLength(1)
    }
    bench.lines.length = 0
    expect(await thrown('engineDressed')).toEqual({ name: 'Mine', message: 'mine', code: 'MINE' })
    bench.lines.length = 0
    await thrown('engineType')
    expect(bench.lines[0]).toMatchObject({
      level: 'error',
      text: expect.stringMatching(/Cannot read.*\n {4}at .*script\.js:18/),
    })
    bench.lines.length = 0
    await thrown('rejects')
    expect(bench.lines).toEqual([])
  })

  it('a promise that can never settle is an error', async () => {
    for (const method of ['never', 'silentThenable', 'hangsOn'])
      expect((await thrown(method))?.code).toBe('ERR_VMS_NEVER_SETTLES')
  })

  it('a rejection that nobody handles is nobody’s', async () => {
    expect(await bench.call('unhandled')).toBe(1)
    expect(await bench.call('unhandledThenTimer')).toBe('timer')
    expect(await bench.call('unhandledSpoof')).toBe(2)
    expect(await bench.call('unhandledGetter')).toBe(3)
  })

  it('a settlement that comes too late is nobody else’s', async () => {
    await thrown('hangsOn')
    expect(await bench.call('resolvesOld')).toBe('new')
  })

  it('thenables are followed as the language does', async () => {
    expect(await bench.call('thenable')).toBe('deep')
    expect(await bench.call('twice')).toBe(1)
    expect(await thrown('badThenable')).toMatchObject({ message: 'bad then' })
    expect(await thrown('thenGetter')).toMatchObject({ message: 'getter' })
  })

  it('values are read inside the isolate, after the call is over', async () => {
    expect(await bench.call('getterValue')).toEqual({ a: 'got' })
    expect(await thrown('throwingGetter')).toMatchObject({
      name: 'TypeError',
      message: 'from the getter',
    })
    expect(await thrown('proxyValue')).toMatchObject({
      name: 'RangeError',
      message: 'from the trap',
    })
    expect((await bench.result('toJson')).changes).toEqual([])
    expect(await bench.call('code')).toBe('ERR_VMS_CALL_OVER')
    expect(await thrown('cycle')).toMatchObject({ name: 'TypeError' })
  })

  it('the caller is the one of the call', async () => {
    const request = bench.request(['whoLater'])
    const { done } = await bench.machine.run([
      { ...request, caller: 'alice' },
      { ...request, caller: 'carol' },
    ])
    expect(
      done.map(({ results }) => Buffer.from(results[0]?.value as Uint8Array).toString()),
    ).toEqual(['"alice"', '"carol"'])
  })
})
