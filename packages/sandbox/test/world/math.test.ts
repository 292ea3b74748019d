/** Our own Math: within one unit of the last place of the true value, and what the language says of special values. */
import { beforeAll, describe, expect, it } from 'vitest'
import { Bench } from '../bench.ts'
import { fixed, reference, ulps } from './reference.ts'

/** Numbers from 0 up to 1, the same in each run. */
function createChance(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const high = state >>> 5
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (high * 2 ** 26 + (state >>> 6)) / 2 ** 53
  }
}

type Range = readonly [low: number, high: number]

/** The ranges that points are taken from. */
const cases: Readonly<Record<string, readonly Range[]>> = {
  sin: [
    [-1, 1],
    [-100, 100],
    [1e6, 1e9],
    [1e20, 1e22],
  ],
  cos: [
    [-1, 1],
    [-100, 100],
    [1e6, 1e9],
    [1e20, 1e22],
  ],
  tan: [
    [-1, 1],
    [-100, 100],
    [1e6, 1e9],
    [1e20, 1e22],
  ],
  exp: [
    [-1, 1],
    [-30, 30],
    [100, 150],
  ],
  expm1: [
    [-1e-5, 1e-5],
    [-1, 1],
    [-30, 60],
  ],
  log: [
    [0.5, 2],
    [1e-5, 1e-4],
    [1, 1e30],
  ],
  log1p: [
    [-0.9, 1],
    [-1e-6, 1e-6],
    [1, 1e20],
  ],
  log2: [
    [0.5, 2],
    [1e-5, 1e-4],
    [1, 1e30],
  ],
  log10: [
    [0.5, 2],
    [1e-5, 1e-4],
    [1, 1e30],
  ],
  asin: [
    [-1, 1],
    [0.999, 1],
    [-1e-4, 1e-4],
  ],
  acos: [
    [-1, 1],
    [0.999, 1],
    [-1, -0.999],
  ],
  atan: [
    [-1, 1],
    [-10, 10],
    [100, 1e9],
  ],
  sinh: [
    [-1, 1],
    [-25, 25],
    [30, 90],
  ],
  cosh: [
    [-1, 1],
    [-25, 25],
    [30, 90],
  ],
  tanh: [
    [-1, 1],
    [-25, 25],
    [-1e-3, 1e-3],
  ],
  asinh: [
    [-1, 1],
    [-1000, 1000],
    [1e10, 1e20],
  ],
  acosh: [
    [1, 2],
    [1, 1.0001],
    [100, 1e20],
  ],
  atanh: [
    [-1, 1],
    [-1e-3, 1e-3],
    [0.999, 1],
  ],
  cbrt: [
    [-1, 1],
    [-1e9, 1e9],
  ],
  pow: [
    [0, 10],
    [0.9, 1.1],
    [10, 100],
  ],
  atan2: [[-10, 10]],
  hypot: [
    [-10, 10],
    [0, 1e-3],
  ],
}

const pointsPerRange = 150

describe('Math', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await Bench.booted(`
      const values = [NaN, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, Infinity, -Infinity, 2 ** -1074, -(2 ** -1074), 1e300, -1e300, 1e-300]
      const text = (x) => Object.is(x, -0) ? '-0' : String(x)
      exports.run = (name, points) => points.map(([x, y]) => Math[name](x, y))
      exports.special = (name) => values.map((x) => text(Math[name](x)))
      exports.pairs = (name) => values.flatMap((x) => values.map((y) => text(Math[name](x, y))))
      exports.operator = () => values.flatMap((x) => values.map((y) => text(x ** y)))
      exports.whole = () => { const wrong = []; for (let a = 2; a < 12; a++) for (let b = 0; a ** b < 2 ** 53; b++) { if (BigInt(a ** b) !== BigInt(a) ** BigInt(b)) wrong.push([a, b]) } return wrong }
      exports.exact = () => [Math.log2(8), Math.log10(1000), Math.cbrt(27), Math.hypot(3, 4), Math.exp(0), 10 ** 22, 2 ** -1074 > 0, Math.log2(2 ** -1074)]
      exports.sums = () => [[], [-0], [0, -0], [1e308, 1e308, -1e308], [0.1, 0.1, 0.1], [1e16, 1, -1e16], [Infinity, -Infinity], [2 ** -1074, 2 ** -1074], [1e308, 1e308], [NaN, 1]].map((list) => text(Math.sumPrecise(list)))
      exports.refuses = () => { try { Math.sumPrecise([1, '2']) } catch (error) { return error.name } }
      exports.coerces = () => [Math.sin({ valueOf: () => 0 }), Math.hypot('3', '4'), (() => { try { return Math.pow(1n, 1) } catch (error) { return error.name } })(), Math.max.length, Math.atan2.length, Math.hypot.length]
    `)
    return () => bench.close()
  })

  it.each(Object.entries(cases))(
    '%s is within one unit of the last place',
    async (name, ranges) => {
      const chance = createChance()
      const within = ([low, high]: Range) => low + (high - low) * chance()
      const points = ranges.flatMap((range) =>
        Array.from({ length: pointsPerRange }, (): Range => {
          const x = within(range)
          return [x, within(name === 'pow' ? [-20, 20] : range)]
        }),
      )
      const got = (await bench.call('run', name, points)) as number[]
      for (const [i, [x, y]] of points.entries()) {
        const value = (reference[name] as (typeof reference)[string])(fixed(x), fixed(y))
        expect(ulps(got[i] as number, value), `${name}(${x}, ${y}) = ${got[i]}`).toBeLessThan(1)
      }
    },
  )

  const exactNames = [
    'sin',
    'tan',
    'asin',
    'atan',
    'sinh',
    'tanh',
    'asinh',
    'expm1',
    'log1p',
    'cbrt',
  ]
  const otherNames = ['cos', 'acos', 'cosh', 'exp', 'log', 'log2', 'log10', 'acosh', 'atanh']

  /** The engine's own for special values, which the language fixes; where it does not, near is enough. */
  it.each([...exactNames, ...otherNames])(
    '%s of special values is what the language says',
    async (name) => {
      const run = Math[name as 'sin']
      const got = (await bench.call('special', name)) as string[]
      const values = [NaN, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, Infinity, -Infinity]
      values.push(2 ** -1074, -(2 ** -1074), 1e300, -1e300, 1e-300)
      for (const [i, x] of values.entries()) expectNear(got[i] as string, run(x), `${name}(${x})`)
    },
  )

  it('pow and the operator of special values are what the language says', async () => {
    const values = [NaN, 0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, Infinity, -Infinity]
    values.push(2 ** -1074, -(2 ** -1074), 1e300, -1e300, 1e-300)
    const got = (await bench.call('pairs', 'pow')) as string[]
    expect(await bench.call('operator')).toEqual(got)
    const arcs = (await bench.call('pairs', 'atan2')) as string[]
    for (const [i, x] of values.entries()) {
      for (const [j, y] of values.entries()) {
        const at = i * values.length + j
        expectNear(got[at] as string, x ** y, `${x} ** ${y}`)
        expectNear(arcs[at] as string, Math.atan2(x, y), `atan2(${x}, ${y})`)
      }
    }
  })

  it('gives whole numbers where they fit', async () => {
    expect(await bench.call('whole')).toEqual([])
    expect(await bench.call('exact')).toEqual([3, 3, 3, 5, 1, 1e22, true, -1074])
  })

  it('sums exactly', async () => {
    expect(await bench.call('sums')).toEqual([
      '-0',
      '-0',
      '0',
      '1e+308',
      '0.30000000000000004',
      '1',
      'NaN',
      '1e-323',
      'Infinity',
      'NaN',
    ])
    expect(await bench.call('refuses')).toBe('TypeError')
    expect(await bench.call('coerces')).toEqual([0, 5, 'TypeError', 2, 2, 2])
  })
})

function expectNear(got: string, wanted: number, what: string): void {
  const x = got === '-0' ? -0 : Number(got)
  if (Object.is(x, wanted)) return
  expect(Number.isFinite(x) && x !== 0, `${what} = ${got}, not ${wanted}`).toBe(true)
  expect(Math.abs(x - wanted) / Math.abs(wanted), `${what} = ${got}, not ${wanted}`).toBeLessThan(
    1e-15,
  )
}
