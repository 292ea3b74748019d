/**
 * Least prices of what takes long: what `bench/prices.ts` measured, in units of 3 ns, divided by the factor that a price may be off.
 * The same call with and without it is compared, so that no other price matters.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'

const long = 'kept = [a, b, kept, "text"];\n'.repeat(400)
const methods = {
  nothing: '',
  accessOfNull: 'try { nothing.x } catch {}',
  accessOfNullNamed: 'try { nothing.x } catch (error) { kept = error }',
  accessOfNullInPattern: 'try { nothing.x } catch ({ message }) { kept = message }',
  endedByFinally: '(() => { try { nothing.x } finally { return } })()',
  undeclared: 'try { nobodyDeclaredThis } catch {}',
  parse: "try { JSON.parse('{') } catch {}",
  decode: "try { decodeURIComponent('%') } catch {}",
  bigint: "try { BigInt('x') } catch {}",
  inLong: `try { nothing.x\nif (a === b) { ${long} } } catch {}`,
  inLongInAnother: `try { (() => { nothing.x\nif (a === b) { ${long} } })() } catch {}`,
  inLongAsync: `(async () => { nothing.x\nif (a === b) { ${long} } })()`,
  inAsync: '(async () => { nothing.x })()',
  inExecutor: 'new Promise(() => { nothing.x })',
  executor: 'new Promise(() => {})',
  executorByName: 'new Promise(noop)',
  inReturn:
    'try { for (const one of { [Symbol.iterator]: () => ({ next: () => ({ done: false }), return() { nothing.x } }) }) throw one } catch {}',
  throwing: 'try { throw 1 } catch {}',
  throwingDeep: 'try { deep(100) } catch {}',
  spreadSymbols: 'kept = { ...symbols }',
  spreadHidden: 'kept = { ...hidden }',
  restSymbols: 'const { x, ...rest } = symbols; kept = rest',
  keysOfHidden: 'kept = Object.keys(hidden)',
  symbolsOfNames: 'kept = Object.getOwnPropertySymbols(names)',
  namesOfSymbols: 'kept = Object.getOwnPropertyNames(symbols)',
  logOfNames: 'console.log(names)',
  logOfMap: 'console.log(map)',
  logOfBigInt: 'console.log(large)',
  properties: "kept = new RegExp('\\\\p{L}'.repeat(20), 'iu').test('x')",
  minusObject: 'kept = -({})',
}
const script = `
const nothing = null
const noop = () => {}
let kept, a = 1, b = 2
const list = (n, item) => Array.from({ length: n }, (_, i) => item(i))
const names = Object.fromEntries(list(5_000, (i) => ['k' + i, i]))
const symbols = {}
const hidden = {}
for (let i = 0; i < 5_000; i++) {
  symbols[Symbol()] = i
  Object.defineProperty(hidden, 'h' + i, { value: i })
}
const map = new Map(list(5_000, (i) => [i, i]))
const large = 1n << 100_000n
const deep = (d) => { if (d === 0) throw 1; return deep(d - 1) + 1 }
${Object.entries(methods)
  .map(([name, body]) => `exports.${name} = () => { ${body} }`)
  .join('\n')}
exports.write = async (n) => { for (let i = 0; i < n; i++) await System.files.writeFile('/f' + i, 'x') }
exports.list = async () => { await System.files.readdir('/') }
exports.history = async () => { await System.files.history() }
`

describe('the price of', () => {
  let bench: Bench
  let idle = 0
  const fuelOf = async (method: string, ...args: unknown[]) => {
    const { fuel, status } = await bench.result(method, ...args)
    expect(status).toBe('returned')
    return fuel
  }
  const price = async (method: keyof typeof methods) => (await fuelOf(method)) - idle
  beforeAll(async () => {
    bench = await Bench.booted(script)
    idle = await fuelOf('nothing')
  })
  afterAll(() => bench.close())

  it('an error that the engine raises is that of making it, wherever it ends', async () => {
    for (const method of [
      'accessOfNull',
      'accessOfNullNamed',
      'accessOfNullInPattern',
      'endedByFinally',
      'undeclared',
      'parse',
      'decode',
      'bigint',
      'inAsync',
      'inExecutor',
      'inReturn',
    ] as const)
      expect(await price(method), method).toBeGreaterThan(1_000)
  })

  it('such an error grows with the text of the function that it is raised in', async () => {
    for (const method of ['inLong', 'inLongInAnother', 'inLongAsync'] as const)
      expect(await price(method), method).toBeGreaterThan(5 * long.length)
  })

  it('an error is paid for once, however many functions it goes through, and each of them a little', async () => {
    const deep = await price('throwingDeep')
    expect(deep).toBeGreaterThan(100 * 64)
    expect(deep).toBeLessThan(100 * 128)
    expect(await price('throwing')).toBeLessThan(200)
  })

  it('a promise made by its constructor is that of a promise', async () => {
    expect(await price('executor')).toBeGreaterThan(90)
    expect(await price('executorByName')).toBeGreaterThan(90)
  })

  it('properties that are not listed is that of going over them', async () => {
    for (const method of ['keysOfHidden', 'symbolsOfNames', 'namesOfSymbols'] as const)
      expect(await price(method), method).toBeGreaterThan(5_000)
    for (const method of ['spreadSymbols', 'spreadHidden', 'restSymbols'] as const)
      expect(await price(method), method).toBeGreaterThan(16 * 5_000)
  })

  it('a line on the console grows with what it goes over', async () => {
    for (const method of ['logOfNames', 'logOfMap', 'logOfBigInt'] as const)
      expect(await price(method), method).toBeGreaterThan(10_000)
  })

  it('a pattern grows with the properties that it names', async () => {
    expect(await price('properties')).toBeGreaterThan(20 * 4_096)
  })

  it('an operator that asks an object is that of asking', async () => {
    expect(await price('minusObject')).toBeGreaterThan(8)
  })

  it('a list of files, and a history, grows with its length', async () => {
    const [list, history] = [await fuelOf('list'), await fuelOf('history')]
    const written = await bench.result('write', 300)
    bench.commit(written)
    expect((await fuelOf('list')) - list).toBeGreaterThan(300 * 40)
    expect((await fuelOf('history')) - history).toBeGreaterThan(300 * 100)
  })
})
