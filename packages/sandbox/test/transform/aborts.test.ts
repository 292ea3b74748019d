/** An abort cannot be undone: it is hit in every place from which a script might go on, and the call aborts at the same fuel everywhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testInTurn } from '../../../../tests/harness/in-turn.ts'
import { Bench } from '../bench.ts'

/** Ends a call; each is run in each of the places below. */
const ends = {
  fuel: 'for (;;);',
  depth: '(function f() { return f() + 1 })()',
  'call-files': `for (let i = 0; i < 9; i++) System.files.writeFile('/f' + i, 'x')`,
} as const

/** Functions of `end`, which try to survive it. */
const places = {
  catch: 'try { throw 1 } catch { try { end() } catch { return 1 } }',
  finally: 'try { return 1 } finally { try { end() } finally { return 2 } }',
  'a handler of a promise':
    'return Promise.reject(1).catch(() => end()).catch(() => 1).finally(() => 2)',
  'an async function':
    'await null; try { await (async () => { await null; end() })() } catch { return 1 }',
  'a timer':
    'return new Promise((resolve) => { setTimeout(resolve, 5); setTimeout(() => { try { end() } catch {} }, 1) })',
  'a getter': 'try { return { get a() { return end() } }.a } catch { return 1 }',
  'a setter': 'try { ({ set a(v) { end() } }).a = 1 } catch { return 1 }',
  'a generator':
    'function* g() { try { yield 1; end(); yield 2 } finally { yield 3 } } return [...g()].length',
  'a sort callback': 'try { return [3, 1, 2].sort(() => { end(); return 0 }) } catch { return 1 }',
  toJSON: 'try { return JSON.stringify({ toJSON() { end() } }) } catch { return 1 }',
  'a replacement': `try { return 'aa'.replace(/a/g, () => { end(); return 'b' }) } catch { return 1 }`,
  'a tagged template': 'const tag = () => end(); try { return tag`ab` } catch { return 1 }',
  'a conversion': 'try { return +{ valueOf() { end(); return 1 } } } catch { return 1 }',
  'a trap of a proxy':
    'try { return new Proxy({}, { get() { end(); return 1 } }).x } catch { return 1 }',
  'an iterator':
    'try { for (const x of { [Symbol.iterator]: () => ({ next() { end() }, return() { return {} } }) }); } catch { return 1 }',
  'a constructor':
    'try { return new (class extends (class { constructor() { end() } }) {})() } catch { return 1 }',
  'a field': 'try { return new (class { x = end() })() } catch { return 1 }',
  'a default': 'try { return (({ a = end() }) => a)({}) } catch { return 1 }',
  'a spread': 'try { return Math.max(...{ *[Symbol.iterator]() { end() } }) } catch { return 1 }',
} as const

const script = `
  const ends = {
    ${Object.entries(ends)
      .map(([name, text]) => `'${name}'() { ${text} }`)
      .join(',\n')}
  }
  const places = {
    ${Object.entries(places)
      .map(([name, text]) => `async '${name}'(end) { ${text} }`)
      .join(',\n')}
  }
  let calls = 0
  exports.run = async (place, end) => {
    calls += 1
    await System.files.writeFile('/before', 'x')
    await places[place](ends[end])
    await System.files.writeFile('/after', 'x')
    return 'survived'
  }
  exports.look = async () => [calls, await System.files.readdir('/')]
  exports.large = (bytes) => 'x'.repeat(bytes)
`

const flags = [
  [],
  ['--no-opt'],
  ['--always-sparkplug'],
  ['--jitless'],
  ['--stress-lazy-source-positions', '--no-maglev'],
]
const limits = { fuelPerCall: 100_000, callFiles: 5, resultBytes: 1_000, requestResultBytes: 2_000 }

const test = testInTurn(3)

describe('an abort in', () => {
  let benches: Bench[]
  beforeAll(async () => {
    benches = await Promise.all(flags.map((execArgv) => Bench.booted(script, { execArgv, limits })))
  })
  afterAll(() => Promise.all(benches.map((bench) => bench.close())))

  for (const place of Object.keys(places)) {
    test(`${place} ends the call at the same fuel on every machine`, async () => {
      for (const end of Object.keys(ends)) {
        const outcomes = await Promise.all(benches.map((bench) => aborted(bench, place, end)))
        const [first] = outcomes
        expect(first).toMatchObject({ status: 'aborted', abort: end, changes: [], value: null })
        for (const outcome of outcomes) expect(outcome).toEqual(first)
        if (end === 'fuel') expect(first?.fuel).toBe(limits.fuelPerCall)
        else expect(first?.fuel).toBeLessThan(limits.fuelPerCall)
      }
    })
  }

  it('a result that is too large leaves nothing either', async () => {
    const [bench] = benches as [Bench]
    const { done, stop } = await bench.run(
      ['large', 900],
      ['large', 900],
      ['large', 900],
      ['large', 1],
    )
    expect(done[0]?.results.map(({ status, abort }) => abort ?? status)).toEqual([
      'returned',
      'returned',
      'request-result-bytes',
      'skipped',
    ])
    expect(stop).toEqual({ kind: 'abort' })
    await bench.boot()
    const { done: next } = await bench.run(['large', 1_100])
    expect(next[0]?.results[0]).toMatchObject({ status: 'aborted', abort: 'result-bytes' })
    await bench.boot()
  })
})

/** Runs the call, boots, and looks at what it has left. */
async function aborted(bench: Bench, place: string, end: string) {
  const { done, stop } = await bench.run(['run', place, end], ['look'])
  expect(stop).toEqual({ kind: 'abort' })
  const [outcome, next] = done[0]?.results ?? []
  expect(next?.status).toBe('skipped')
  await bench.boot()
  expect(await bench.call('look')).toEqual([0, []])
  return outcome
}

describe('fuel of a request', () => {
  it('is what its calls may use together; the rest is skipped', async () => {
    const bench = await Bench.booted(
      'exports.spin = (turns) => { for (let i = 0; i < turns; i++); }',
      { limits: { fuelPerCall: 10_000, fuelPerRequest: 25_000 } },
    )
    const spins = Array.from({ length: 4 }, () => ['spin', 9_000] as [string, number])
    const { done, stop } = await bench.run(...spins)
    const results = done[0]?.results ?? []
    expect(results.map(({ status, abort }) => abort ?? status)).toEqual([
      'returned',
      'returned',
      'request-fuel',
      'skipped',
    ])
    expect(results.reduce((sum, { fuel }) => sum + fuel, 0)).toBe(25_000)
    expect(stop).toEqual({ kind: 'abort' })
    await bench.close()
  })

  it('is new for every request', async () => {
    const bench = await Bench.booted(
      'exports.spin = (turns) => { for (let i = 0; i < turns; i++); }',
      {
        limits: { fuelPerCall: 10_000, fuelPerRequest: 10_000 },
      },
    )
    for (let i = 0; i < 3; i++) {
      const { done } = await bench.run(['spin', 9_000])
      expect(done[0]?.results[0]?.status).toBe('returned')
    }
    await bench.close()
  })
})
