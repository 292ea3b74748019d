/**
 * Small values never cost much. The sweep calls every function that a script can reach with small and unusual values: names that begin with a
 * digit, negative lengths, numbers that are NaN or infinite. A price computed from such a value must stay small: one that is negative or not a
 * number takes all the fuel of a call (runtime/metering/meter.js).
 */
import { expect, it } from 'vitest'
import { rounds } from '../../../../tests/harness/in-turn.ts'
import { Bench } from '../bench.ts'
import { reachable } from '../reachable.ts'

const script = `
const { apply, construct, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect

${reachable}const all = [...findAll()]

const names = () => ({ '1st': 1, '2nd': 2, '1e5': 3, '0x10': 4, '007': 5, '1.5': 6, '': 7, '-1': 8, 'Infinity': 9, 'NaN': 10, 4294967295: 11 })
const pairs = () => Object.keys(names()).map((name) => [name, name])
const simple = [NaN, Infinity, -Infinity, -1, -1e9, -0, 1.5, 5e-324, 3, '1st', '1e5', '0x10', '', 'Infinity', 'ab', undefined, null, true, Symbol.iterator, 5n, -1n]
const made = [
  names, pairs, () => Object.keys(names()), () => [NaN, , Infinity], () => ({ length: NaN, 0: 1 }), () => ({ length: '2nd', 0: 1 }), () => ({ length: -1e9, 0: 1 }),
  () => new Map(pairs()), () => new Set(Object.keys(names())), () => new WeakMap(), () => new WeakSet(), () => new Uint8Array(3), () => new Float64Array(3),
  () => new BigInt64Array(3), () => new DataView(new ArrayBuffer(8)), () => new ArrayBuffer(8, { maxByteLength: 16 }), () => new Date(NaN), () => /(?<a>1)|(\\d)/g,
  () => Promise.resolve(NaN), () => new Error('1st'), () => new Proxy(names(), {}), () => new Proxy([NaN], {}), () => (y) => y, () => class {},
  () => Buffer.from('1st'), () => new URL('http://a/?1st=2nd'), () => new URLSearchParams(pairs()), () => new TextEncoder(), () => new TextDecoder(),
  () => new DisposableStack(), () => new AsyncDisposableStack(), () => [NaN].values(), () => (function* () { yield NaN })(), () => Object('1st'), () => Object(NaN),
]
const values = [...simple.map((value) => () => value), ...made]

exports.paths = () => all.map(([path]) => path)
exports.receivers = (at) => attempts(at, values, [() => [], () => ['1st', NaN], () => [Infinity, -1e9], () => [names(), names()]])
exports.arguments = (at) => attempts(at, [names, pairs], values.flatMap((value) => [() => [value(), value()], () => [names(), value()]]))

function attempts(at, receivers, lists) {
  const f = all[at][1]
  const ignore = () => undefined
  const attempt = (call) => {
    try {
      const given = call()
      if (given instanceof Promise) given.then(ignore, ignore)
    } catch {}
  }
  for (const list of lists) {
    for (const receiver of receivers) attempt(() => apply(f, receiver(), list()))
    attempt(() => construct(f, list()))
  }
}
`

/** Units for the few thousand calls of one built-in: most of them throw, at a thousand units each. */
const mostFuel = 30_000_000

/** The short form calls a quarter of the built-ins; another seed, another one. */
const QUARTERS = rounds('quarters of the built-ins', 1, 4)
const SEED = Number(process.env['VMS_SEED'] ?? 0)

it('every built-in costs little when it is given small values, and gives no fuel back', {
  timeout: 120_000,
}, async () => {
  const bench = await Bench.booted(script, {
    limits: { fuelPerCall: mostFuel },
  })
  const paths = (await bench.call('paths')) as string[]
  expect(paths.length).toBeGreaterThan(800)
  const dear: string[] = []
  for (const [at, path] of paths.entries()) {
    if ((at + SEED) % 4 >= QUARTERS) continue
    for (const method of ['receivers', 'arguments']) {
      const result = await bench.result(method, at)
      const { fuel, status } = result
      if (result.changes.length > 0) bench.commit(result)
      if (status === 'aborted') await bench.boot()
      if (status === 'aborted') dear.push(`${method} of ${path}: ${fuel}`)
    }
  }
  await bench.close()
  expect(dear).toEqual([])
})
