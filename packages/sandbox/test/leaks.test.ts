import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kept, removed, replaced } from '../src/world/list.ts'
import { refusedGlobals } from '../src/world/refused.ts'
import { Bench } from './bench.ts'

const runtimeFiles = readdirSync(new URL('../src/runtime', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
}).map((path) => basename(path))

const script = `
  const attempt = (run) => { try { return run() } catch (error) { return error.name + ': ' + error.message } }
  exports.globals = () => Reflect.ownKeys(globalThis).map(String)
  exports.absent = (names) => names.filter((name) => !(name in globalThis))
  exports.codegen = () => [
    () => Function('return 1')(), () => new Function('return 1')(), () => (() => {}).constructor('return 1')(),
    () => (async () => {}).constructor('return 1')(), () => (function* () {}).constructor('yield 1')(),
    () => (async function* () {}).constructor('yield 1')(), () => Object.getPrototypeOf((async () => {}).constructor)('return 1'),
    () => Reflect.construct(Function, ['return 1']), () => new (class extends Function {})('return 1'),
    () => (() => {}).bind().constructor('return 1')(),
    () => setTimeout('1'), () => Error.constructor('return 1')(), () => Date.constructor('return 1')(), () => System.files.readFile.constructor('return 1')(),
    () => console.log.constructor('return process')(), () => Buffer.from.constructor('return process')(), () => Proxy.constructor('return 1')(),
  ].map(attempt)
  exports.functions = () => [(() => {}) instanceof Function, Function.prototype === Object.getPrototypeOf(() => {}), typeof Function, Function.name]
  exports.errors = () => {
    const seen = []
    Error.prepareStackTrace = (error, frames) => { seen.push('frames'); return 'prepared' }
    Error.stackTraceLimit = 50
    class Mine extends TypeError { constructor(message) { super(message); Error.captureStackTrace(this, Mine) } }
    for (const error of [new Error('a'), new Mine('b'), attempt2(() => null.x), attempt2(() => new Array(-1))]) seen.push(error.stack, error instanceof Error, error.constructor.name)
    return seen
  }
  const attempt2 = (run) => { try { run() } catch (error) { return error } }
  exports.shapes = () => {
    class Mine extends RangeError { name = 'Mine' }
    const error = new Mine('x', { cause: 5 })
    return [error instanceof Mine, error instanceof RangeError, error instanceof Error, error.cause, String(error), RangeError.name, RangeError.length,
      Object.getPrototypeOf(RangeError) === Error, RangeError('y') instanceof RangeError, RangeError('y').message, new AggregateError([1], 'm').errors,
      attempt2(() => null.x) instanceof TypeError, attempt2(() => null.x).constructor === TypeError, Error.isError(error), Object.prototype.toString.call(error)]
  }
  exports.frozen = () => [() => { System.files = 1 }, () => { System.caller.id = 'eve' }, () => { System.files.readFile = 1 }, () => { globalThis.System = 1 }, () => { delete globalThis.System }].map(attempt)
    .map((text) => String(text).startsWith('TypeError'))
  exports.sources = () => [Date, Error, Math.random, System.files.readFile, console.log, setTimeout, Buffer, Buffer.from, Function, ''.localeCompare,
    Object.getOwnPropertyDescriptor(System.caller, 'id').get, Function.prototype.toString].map((f) => Function.prototype.toString.call(f))
  exports.own = () => [String(class A {}), (() => {}).toString.call(Array).includes('[native code]')]
  exports.sharedMemory = () => {
    const found = []
    for (const Type of [Uint8Array, Int32Array, Float64Array]) found.push(Object.prototype.toString.call(new Type(1).buffer))
    found.push(Object.prototype.toString.call(Buffer.from('x').buffer))
    return found
  }
  exports.host = () => [typeof process, typeof require, typeof global, typeof module, typeof __dirname, typeof ivm, typeof fetch, typeof crypto, typeof performance, typeof structuredClone, typeof queueMicrotask, typeof navigator]
  exports.thisIs = function () { return [this === exports, (function () { return this })() === undefined] }
`

describe('the world inside', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(script)
  })
  afterAll(() => bench.close())

  it('has the globals of the list and no others', async () => {
    const expected = kept['globalThis']?.split(' ')
    expect(await bench.call('globals')).toEqual(expected)
    const gone = Object.keys(removed).filter((name) => !name.includes('.'))
    expect(await bench.call('absent', gone)).toEqual(gone)
    const refused = Object.keys(refusedGlobals)
    expect(await bench.call('absent', refused)).toEqual(refused)
  })

  it('has a list whose every replacement names the file that makes it', () => {
    for (const [name, reason] of Object.entries(replaced)) {
      const files = reason.match(/[\w-]+\.js/g) ?? []
      expect(files.length, name).toBeGreaterThan(0)
      for (const file of files) {
        expect(runtimeFiles, name).toContain(file)
      }
    }
  })

  it('makes no code from text', async () => {
    for (const answer of (await bench.call('codegen')) as unknown[]) {
      expect(answer).toMatch(/^(EvalError: \w+ would make code from text|TypeError: )/)
    }
    expect(await bench.call('functions')).toEqual([true, true, 'function', 'Function'])
  })

  it('hides stacks', async () => {
    expect(await bench.call('errors')).toEqual([
      '',
      true,
      'Error',
      '',
      true,
      'Mine',
      '',
      true,
      'TypeError',
      '',
      true,
      'RangeError',
    ])
  })

  it('keeps errors what they are', async () => {
    expect(await bench.call('shapes')).toEqual([
      true,
      true,
      true,
      5,
      'Mine: x',
      'RangeError',
      1,
      true,
      true,
      'y',
      [1],
      true,
      true,
      true,
      '[object Error]',
    ])
  })

  it('keeps System as it is', async () => {
    expect(await bench.call('frozen')).toEqual([true, true, true, true, true])
  })

  it('does not show how it is made', async () => {
    for (const text of (await bench.call('sources')) as string[])
      expect(text).toMatch(/^function \w*\(\) \{ \[native code\] \}$/)
    expect(await bench.call('own')).toEqual(['class A {}', true])
  })

  it('shows no shared memory and nothing of the host', async () => {
    expect(new Set((await bench.call('sharedMemory')) as string[])).toEqual(
      new Set(['[object ArrayBuffer]']),
    )
    const kinds = (await bench.call('host')) as string[]
    // module, crypto, structuredClone, queueMicrotask
    expect(kinds.filter((kind) => kind !== 'undefined')).toEqual([
      'object',
      'object',
      'function',
      'function',
    ])
    expect(await bench.call('thisIs')).toEqual([true, true])
  })
})

describe('a script that tries to turn the world upside down', () => {
  it('moves nothing of it', async () => {
    const bench = await Bench.booted(`
      const clean = { defineProperty: Object.defineProperty }
      const { ownKeys } = Reflect
      let survived = 0
      const break_ = (object) => { const names = ownKeys(object); for (let i = 0; i < names.length; i++) { const name = names[i]; try { object[name] = () => { throw new Error('broken ' + String(name)) }; survived += 1 } catch {} } }
      exports.breakAll = async () => {
        const prototypes = [Array, String, Object, Function, Map, Set, Error, Date, RegExp, Symbol, Number, Uint8Array, WeakSet, Object.getPrototypeOf(Uint8Array)], statics = [Reflect, JSON, Math, Object, Array, Promise, String, Number, Buffer]
        for (let i = 0; i < prototypes.length; i++) break_(prototypes[i].prototype)
        for (let i = 0; i < statics.length; i++) break_(statics[i])
        const { defineProperty } = clean
        const define = (object, name, property) => { try { defineProperty(object, name, property); survived += 1 } catch {} }
        define(Object.prototype, 'get', { __proto__: null, value: () => 1 })
        define(Object.prototype, 'set', { __proto__: null, value: () => 1 })
        define(Object.prototype, 'value', { __proto__: null, value: 'polluted', writable: true })
        for (let i = 0; i < 5; i++) define(Array.prototype, i, { __proto__: null, set() { throw new Error('setter') } })
        return survived
      }
      exports.one = async () => { await System.files.writeFile('/f', 'text'); return [await System.files.readFile('/f'), System.caller.id, Date.now()] }
      exports.fail = () => { const e = new TypeError('mine'); e.code = 'E'; throw e }
      exports.missing = () => System.files.readFile('/none')
      exports.later = () => new Promise((resolve) => setTimeout(resolve, 5, 'later'))
    `)
    expect(await bench.call('breakAll')).toBe(0)
    expect(await bench.call('one')).toEqual(['text', 'debug:bob', bench.time])
    expect((await bench.result('fail')).error).toEqual({
      name: 'TypeError',
      message: 'mine',
      code: 'E',
    })
    expect((await bench.result('missing')).error).toMatchObject({
      name: 'NotFoundError',
      code: 'ENOENT',
    })
    expect(await bench.call('later')).toBe('later')
    await bench.close()
  })
})
