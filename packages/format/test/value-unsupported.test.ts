/** What has no encoding is refused, and the error names its path and what it is. */
import vm from 'node:vm'
import { encodeValue, ValueError } from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryValue } from './arbitrary-value.ts'

class Foo {
  a = 1
}
class Bar extends Map {}
class List extends Array {}

const holed = [1, 2, 3]
delete holed[1]
const withGetter = Object.defineProperty({}, 'secret', { get: () => 1, enumerable: true })
const hidden = Object.defineProperty({}, 'hidden', { value: 1 })
const named = Object.assign([1], { extra: true })
const compensated = Object.assign([1, 2], { extra: true })
delete compensated[0]
const datePlus = Object.assign(new Date(0), { zone: 'UTC' })
const nameless = Object.create(Object.assign(Object.create(null), { inherited: 1 })) as object

/** One of each, and what the error calls it. */
const unsupported: readonly (readonly [unknown, string])[] = [
  [() => 1, 'a function'],
  [Foo, 'a function'],
  [Symbol('s'), 'a symbol'],
  ['\ud800', 'a string with a lone surrogate'],
  ['ok \udc00 no', 'a string with a lone surrogate'],
  ['\ud83dx', 'a string with a lone surrogate'],
  ['\udc00\ud800', 'a string with a lone surrogate'],
  [holed, 'an array with a hole'],
  [new Array(3), 'an array with a hole'],
  [compensated, 'an array with a hole'],
  [named, 'an array with properties of its own'],
  [Object.assign([1], { [Symbol.iterator]: 1 }), 'an array with properties of its own'],
  [/x/.exec('x'), 'an array with properties of its own'],
  [new Foo(), 'an instance of Foo'],
  [new Bar(), 'an instance of Bar'],
  [new List(), 'an instance of List'],
  [new Error('x'), 'an instance of Error'],
  [/x/, 'an instance of RegExp'],
  [Promise.resolve(), 'an instance of Promise'],
  [new WeakMap(), 'an instance of WeakMap'],
  [new ArrayBuffer(1), 'an instance of ArrayBuffer'],
  [new DataView(new ArrayBuffer(1)), 'an instance of DataView'],
  [new Float64Array(1), 'an instance of Float64Array'],
  [new Uint8ClampedArray(1), 'an instance of Uint8ClampedArray'],
  [new Number(1), 'an instance of Number'],
  [new String('x'), 'an instance of String'],
  [Object(1n), 'an instance of BigInt'],
  [Object.create(Map.prototype), 'an instance of Map'],
  [Object.create(Date.prototype), 'an instance of Date'],
  [new Proxy(new Map(), {}), 'an instance of Map'],
  [nameless, 'an object with a prototype of its own'],
  [withGetter, 'an accessor property'],
  [hidden, 'a property that is not enumerable'],
  [Object.prototype, 'a property that is not enumerable'],
  [{ [Symbol('s')]: 1 }, 'a symbol key'],
  [Math, 'a symbol key'],
  [datePlus, 'a Date with properties of its own'],
  [Object.assign(new Map(), { x: 1 }), 'a Map with properties of its own'],
  [Object.assign(new Set(), { [Symbol()]: 1 }), 'a Set with properties of its own'],
]

function refusal(value: unknown): ValueError {
  try {
    encodeValue(value)
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
  throw new Error('was encoded')
}

describe('each kind', () => {
  test.each(unsupported.map(([value, found], i) => [i, found, value] as const))(
    '%i: %s',
    (_i, found, value) => {
      const error = refusal([1, { deep: value }])
      expect(error.code).toBe('ERR_VMS_UNSUPPORTED_VALUE')
      expect(error.found).toBe(found)
      expect(error.path).toMatch(/^\$\[1\]\.deep/)
      expect(error.message).toBe(`cannot encode ${error.path}: ${error.found} has no encoding`)
      expect(error.shouldRetry()).toBe(false)
    },
  )

  test.each(unsupported.map(([value, found], i) => [i, found, value] as const))(
    '%i: %s, at any place of any value',
    (_i, _found, value) => {
      fc.assert(
        fc.property(fc.array(arbitraryValue, { maxLength: 3 }), (before) => {
          expect(refusal([...before, new Map([[before, new Set([value])]])]).path).toMatch(
            new RegExp(`^\\$\\[${before.length}\\]<value 0><member 0>`),
          )
        }),
        { numRuns: 10 },
      )
    },
  )
})

describe('the path', () => {
  const bad = () => 1
  test.each([
    ['$', bad],
    ['$.list[3].name', { list: [1, 2, 3, { name: bad }] }],
    ['$[0][1]', [[1, bad]]],
    ['$["a b"]', { 'a b': bad }],
    ['$[""]', { '': bad }],
    ['$["1a"]', { '1a': bad }],
    ['$["1"]', { 1: bad }],
    ['$.__proto__', Object.defineProperty({}, '__proto__', { value: bad, enumerable: true })],
    ['$.$a_1', { $a_1: bad }],
    ['$["é\\n"]', { 'é\n': bad }],
    [
      '$<key 2>',
      new Map<unknown, unknown>([
        [1, 1],
        [2, 1],
        [bad, 1],
      ]),
    ],
    [
      '$<value 1>.x',
      new Map<unknown, unknown>([
        [1, 1],
        [2, { x: bad }],
      ]),
    ],
    ['$<member 1>[0]', new Set([1, [bad]])],
    [`$.${'k'.repeat(64)}…`, { ['k'.repeat(65)]: bad }],
    ['$["\\ud800"]', { '\ud800': 1 }],
  ])('%s', (path, value) => {
    expect(refusal(value).path).toBe(path)
  })
})

describe('cycles', () => {
  test('are named, with the place where they close', () => {
    const inner: unknown[] = []
    const outer = { a: { inner } }
    inner.push(1, outer)
    expect(refusal(outer)).toMatchObject({
      code: 'ERR_VMS_UNSUPPORTED_VALUE',
      path: '$.a.inner[1]',
      found: 'a cycle',
    })
  })

  test('through a Map key, and one that passes the size first', () => {
    const map = new Map<unknown, unknown>()
    map.set(map, 1)
    expect(refusal(map)).toMatchObject({ path: '$<key 0>', found: 'a cycle' })
    const big: unknown[] = ['x'.repeat(4_000_000)]
    big.push(big)
    expect(refusal(big)).toMatchObject({ path: '$[1]', found: 'a cycle' })
  })

  test('one object in two places is no cycle', () => {
    const shared = { a: 1 }
    expect(encodeValue([shared, shared])).toStrictEqual(encodeValue([{ a: 1 }, { a: 1 }]))
  })
})

describe('other realms', () => {
  const realm = vm.createContext()
  const evaluate = (source: string): unknown => vm.runInContext(source, realm)

  test('their plain objects and built-in classes are as good as ours', () => {
    const theirs = evaluate(
      '({ a: [1, new Map([[1, new Set([2])]]), new Date(5), new Uint8Array(2), Object.create(null)] })',
    )
    const ours = { a: [1, new Map([[1, new Set([2])]]), new Date(5), new Uint8Array(2), {}] }
    expect(encodeValue(theirs)).toStrictEqual(encodeValue(ours))
  })

  test('their classes are not', () => {
    expect(refusal(evaluate('new (class Foo {})()')).found).toBe('an instance of Foo')
    expect(refusal(evaluate('new (class Foo extends Map {})()')).found).toBe('an instance of Foo')
    expect(refusal(evaluate('new (class Foo extends Array {})()')).found).toBe('an instance of Foo')
    expect(
      refusal(
        evaluate(
          'new (class Foo extends null { constructor() { return Object.create(Foo.prototype) } })()',
        ),
      ).found,
    ).toBe('an instance of Foo')
    expect(refusal(evaluate('/x/')).found).toBe('an instance of RegExp')
  })
})
