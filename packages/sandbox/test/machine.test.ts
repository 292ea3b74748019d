import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareScript } from '../src/child/script-source.ts'
import { decodeJson, encodeJson, SandboxError } from '../src/index.ts'
import { Bench, seedOf } from './bench.ts'

const script = `
  let boots = Date.now()
  let calls = 0
  exports.hello = async (name) => 'hello ' + name
  exports.sum = (...numbers) => numbers.reduce((a, b) => a + b, 0)
  exports.who = async () => System.caller.id
  exports.count = () => ++calls
  exports.bootTime = () => boots
  exports.keepsThis = function () { return this.sum(1, 2) }
  exports.started = () => System.files.readFile('/started')
  exports.notAFunction = 5
  exports.init = async () => { await System.files.writeFile('/started', String(System.caller.id)); return () => {} }
  exports.addLater = () => { exports.late = () => 1; exports.hello = () => 'changed'; return Object.keys(exports) }
  Object.defineProperty(exports, 'hidden', { value: () => 1 })
  Object.setPrototypeOf(exports, { inherited: () => 1 })
`

describe('a machine', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.start(script)
  })
  afterAll(() => bench.close())

  it('refuses to run before it has booted', async () => {
    await expect(bench.machine.run([])).rejects.toMatchObject({
      code: 'ERR_VMS_MACHINE_NOT_BOOTED',
    })
  })

  it('boots, and says which methods there are and what ran on what', async () => {
    const report = await bench.boot()
    expect(report.outcome.status).toBe('returned')
    expect(report.methods).toEqual([
      'addLater',
      'bootTime',
      'count',
      'hello',
      'keepsThis',
      'started',
      'sum',
      'who',
    ])
    expect(report.hasInit).toBe(true)
    const prepared = prepareScript(script, 'script.js')
    if ('error' in prepared) throw new Error(prepared.report)
    const hash = createHash('sha256').update(prepared.wrapped).digest()
    expect(Buffer.from(report.scriptHash)).toEqual(hash)
    expect(report.engine.v8).toBe(process.versions.v8)
    expect(report.engine.arch).toBe(process.arch)
    expect(report.report).toBeNull()
  })

  it('runs init once it is asked to, without a caller, and lets it return what it likes', async () => {
    const result = await bench.init()
    expect(result?.status).toBe('returned')
    expect(result?.changes).toMatchObject([{ path: '/started', kind: 'file' }])
    expect(await bench.call('started')).toBe('null')
  })

  it('passes arguments, callers and values', async () => {
    expect(await bench.call('hello', 'bob')).toBe('hello bob')
    expect(await bench.call('sum', 1, 2, 3)).toBe(6)
    expect(await bench.call('who')).toBe('debug:bob')
    expect(await bench.call('keepsThis')).toBe(3)
  })

  it('keeps variables between calls and loses them at a boot', async () => {
    const before = (await bench.call('count')) as number
    expect(await bench.call('count')).toBe(before + 1)
    await bench.boot()
    expect(await bench.call('count')).toBe(1)
  })

  it('knows the methods of the boot and no others', async () => {
    expect(await bench.call('addLater')).toContain('late')
    expect(await bench.call('hello', 'x')).toBe('hello x')
    const odd = [
      'late',
      'init',
      'hidden',
      'inherited',
      'notAFunction',
      'constructor',
      '__proto__',
      'toString',
      'then',
      '',
      'hasOwnProperty',
    ]
    for (const method of odd) {
      await expect(bench.run([method])).rejects.toMatchObject({ code: 'ERR_VMS_UNKNOWN_METHOD' })
    }
    expect(await bench.call('hello', 'still here')).toBe('hello still here')
  })

  it('runs requests and their calls in order', async () => {
    await bench.boot()
    const requests = [bench.request(['count'], ['count']), bench.request(['count'])]
    const { done, stop } = await bench.machine.run(requests)
    expect(stop).toBeNull()
    expect(
      done.map(({ results }) => results.map(({ value }) => decodeJson(value as Uint8Array))),
    ).toEqual([[1, 2], [3]])
  })

  it('does one thing at a time', async () => {
    const first = bench.run(['count'])
    await expect(bench.run(['count'])).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_BUSY' })
    await first
  })

  it('turns arguments that are no array into an error of the call', async () => {
    const request = bench.request(['hello'])
    const calls = [{ method: 'hello', args: encodeJson({ a: 1 }), seed: seedOf(3) }]
    const { done } = await bench.machine.run([{ ...request, calls }])
    expect(done[0]?.results[0]?.error?.code).toBe('ERR_VMS_BAD_ARGUMENTS')
  })
})

describe('methods with odd names', () => {
  it('are callable if and only if the script exports them itself', async () => {
    const bench = await Bench.booted(`
      exports.then = () => 'then'
      exports.constructor = () => 'constructor'
      Object.defineProperty(exports, '__proto__', { value: () => 'proto', enumerable: true })
      exports['ä b'] = () => 'space'
      exports['\\ud800'] = () => 'lone'
      exports['x'.repeat(257)] = () => 'long'
      exports[''] = () => 'empty'
    `)
    const { methods } = await bench.boot()
    expect(methods).toEqual(['', '__proto__', 'constructor', 'then', 'ä b'])
    expect(await bench.call('__proto__')).toBe('proto')
    expect(await bench.call('constructor')).toBe('constructor')
    expect(await bench.call('then')).toBe('then')
    expect(await bench.call('')).toBe('empty')
    await bench.close()
  })

  it('come from module.exports, getters included', async () => {
    const bench = await Bench.booted(`
      const all = {}
      Object.defineProperty(all, 'got', { get: () => () => 1, enumerable: true })
      module.exports = all
      exports.old = () => 2
    `)
    expect((await bench.boot()).methods).toEqual(['got'])
    await bench.close()
  })
})

describe('a script that does not boot', () => {
  const boot = async (script: string) => {
    const bench = await Bench.start(script)
    const report = await bench.boot()
    await expect(bench.machine.run([])).rejects.toBeInstanceOf(SandboxError)
    await bench.close()
    return report
  }

  it('shows a syntax error with a code frame', async () => {
    const { outcome, report, methods } = await boot('exports.a = 1\nexports.b = (\n')
    expect(outcome).toMatchObject({
      status: 'thrown',
      error: { name: 'SyntaxError', message: 'a SyntaxError raised by the engine' },
    })
    expect(methods).toEqual([])
    expect(report).toContain('script.js:3')
    expect(report).toContain('SyntaxError')
  })

  it('cannot break out of its function', async () => {
    const { outcome } = await boot('}); exports.x = 1; (function () {')
    expect(outcome.error?.name).toBe('SyntaxError')
  })

  it('shows what its top level throws, with the line', async () => {
    const { outcome, report } = await boot(
      '\nthrow Object.assign(new TypeError("no"), { code: "E_NO" })',
    )
    expect(outcome.error).toEqual({ name: 'TypeError', message: 'no', code: 'E_NO' })
    expect(report).toContain('script.js:2')
  })

  it('is told that there are no files at the top level', async () => {
    const { outcome, methods } = await boot(`
      exports.a = () => 1
      System.files.readFile('/x').catch((error) => { globalThis.code = error.code })
      Object.defineProperty(exports, 'b', { enumerable: true, get() { throw Object.assign(new Error(), { code: globalThis.code }) } })
    `)
    expect(outcome.error?.code).toBe('ERR_VMS_FILES_AT_TOP_LEVEL')
    expect(methods).toEqual([])
  })
})

describe('the start', () => {
  it('fails by name if the codec is none', async () => {
    for (const codec of ['({})', 'syntax error', '(() => { throw new Error("x") })()', 'null']) {
      const bench = await Bench.start('', { codec })
      await expect(bench.boot()).rejects.toMatchObject({ code: 'ERR_VMS_BAD_CODEC' })
      await bench.close()
    }
  })

  it('fails by name if the child does not come up', async () => {
    const start = Bench.start('', { childModule: '/nowhere/child.js' })
    await expect(start).rejects.toMatchObject({ code: 'ERR_VMS_MACHINE_NOT_STARTED' })
  })
})

it('takes a first line for the shell for a comment', async () => {
  const bench = await Bench.booted('#!/usr/bin/env node\nexports.a = () => 1')
  expect(await bench.call('a')).toBe(1)
  await bench.close()
})
