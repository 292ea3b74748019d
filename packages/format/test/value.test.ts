/** Values to bytes and back: the exact bytes, and that nothing is lost. */
import { decodeValue, encodeValue, fromHex, toHex, type Value } from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryValue, objectOf, sameValue } from './arbitrary-value.ts'

const examples: readonly (readonly [string, Value, string])[] = [
  ['null', null, 'c0'],
  ['undefined', undefined, 'd40000'],
  ['false', false, 'c2'],
  ['true', true, 'c3'],
  ['0', 0, '00'],
  ['127', 127, '7f'],
  ['128', 128, 'cc80'],
  ['256', 256, 'cd0100'],
  ['65536', 65_536, 'ce00010000'],
  ['2^32', 2 ** 32, 'cf0000000100000000'],
  ['2^53 − 1', 2 ** 53 - 1, 'cf001fffffffffffff'],
  ['2^53', 2 ** 53, 'cb4340000000000000'],
  ['−1', -1, 'ff'],
  ['−32', -32, 'e0'],
  ['−33', -33, 'd0df'],
  ['−129', -129, 'd1ff7f'],
  ['−32769', -32_769, 'd2ffff7fff'],
  ['−2^31 − 1', -(2 ** 31) - 1, 'd3ffffffff7fffffff'],
  ['1 − 2^53', 1 - 2 ** 53, 'd3ffe0000000000001'],
  ['−0', -0, 'cb8000000000000000'],
  ['1.5', 1.5, 'cb3ff8000000000000'],
  ['NaN', Number.NaN, 'cb7ff8000000000000'],
  ['−Infinity', Number.NEGATIVE_INFINITY, 'cbfff0000000000000'],
  ['text', 'aé€😀', 'aa61c3a9e282acf09f9880'],
  ['bytes', Uint8Array.of(1, 2), 'c4020102'],
  ['0n', 0n, 'd40100'],
  ['−1n', -1n, 'd401ff'],
  ['127n', 127n, 'd4017f'],
  ['128n', 128n, 'd5010080'],
  ['−129n', -129n, 'd501ff7f'],
  ['2^23 n', 2n ** 23n, 'd60100800000'],
  ['2^16 n', 2n ** 16n, 'c70301010000'],
  ['a Date', new Date(1), 'd7020000000000000001'],
  ['a Date before 1970', new Date(-1), 'd702ffffffffffffffff'],
  ['the last Date', new Date(8.64e15), 'd702001eb208c2dc0000'],
  ['an invalid Date', new Date(Number.NaN), 'd7028000000000000000'],
  ['an array', [1, [], 'a'], '930190a161'],
  ['an object', { b: 1, a: 2 }, '82a16201a16102'],
  ['an own __proto__', objectOf([['__proto__', 1]]), '81a95f5f70726f746f5f5f01'],
  ['index keys first', { b: 1, 2: 1, '10': 1, '01': 1 }, '84a13201a2313001a16201a2303101'],
  ['an empty Map', new Map(), 'd40390'],
  [
    'a Map',
    new Map<Value, Value>([
      [{}, 1],
      ['a', 2],
    ]),
    'c70603948001a16102',
  ],
  ['a Set', new Set(['a', 1]), 'd60492a16101'],
]

describe('exact bytes', () => {
  test.each(examples)('%s', (_name, value, hex) => {
    expect(toHex(encodeValue(value))).toBe(hex)
    expect(sameValue(decodeValue(fromHex(hex)), value)).toBe(true)
  })

  test.each([
    ['string', (n: number): Value => 'x'.repeat(n), [31, 32, 255, 256, 65_535, 65_536]],
    ['wide string', (n: number): Value => 'é'.repeat(n), [15, 16, 127, 128, 32_767, 32_768]],
    ['bytes', (n: number): Value => new Uint8Array(n), [0, 255, 256, 65_535, 65_536]],
    ['array', (n: number): Value => new Array<Value>(n).fill(1), [0, 15, 16, 65_535, 65_536]],
    [
      'object',
      (n: number): Value => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, i])),
      [0, 15, 16, 65_535, 65_536],
    ],
    [
      'Map',
      (n: number): Value => new Map(Array.from({ length: n }, (_, i) => [i, i])),
      [0, 7, 8, 32_767, 32_768],
    ],
    [
      'Set',
      (n: number): Value => new Set(Array.from({ length: n }, (_, i) => i)),
      [0, 1, 3, 7, 13, 14, 15, 16, 65_536],
    ],
    [
      'Set of one text',
      (n: number): Value => new Set(['x'.repeat(n)]),
      [1, 2, 12, 13, 14, 250, 252, 65_528, 65_532],
    ],
    [
      'bigint',
      (n: number): Value => 2n ** BigInt(8 * n - 2),
      [1, 2, 3, 4, 5, 8, 9, 16, 17, 255, 256, 4_096],
    ],
  ] as const)('each size class of a %s', (_name, make, sizes) => {
    for (const size of sizes) {
      const value = make(size)
      const bytes = encodeValue(value)
      const read = decodeValue(bytes)
      expect(sameValue(read, value)).toBe(true)
      expect(toHex(encodeValue(read)) === toHex(bytes)).toBe(true)
    }
  })
})

describe('round trip', () => {
  test('keeps every value, and gives one encoding to it', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const bytes = encodeValue(value)
        const read = decodeValue(bytes)
        expect(sameValue(read, value)).toBe(true)
        expect(toHex(encodeValue(read))).toBe(toHex(bytes))
      }),
      { numRuns: 1_000 },
    )
  })

  test('keeps apart what compares as equal', () => {
    const distinct: Value[] = [
      0,
      -0,
      0n,
      '0',
      [],
      {},
      new Map(),
      new Set(),
      new Uint8Array(),
      null,
      undefined,
      false,
      '',
    ]
    expect(new Set(distinct.map((value) => toHex(encodeValue(value)))).size).toBe(distinct.length)
  })

  test('keeps the order of keys, and a key whose value is undefined', () => {
    const read = decodeValue(encodeValue({ z: undefined, a: 1 })) as object
    expect(Object.entries(read)).toStrictEqual([
      ['z', undefined],
      ['a', 1],
    ])
  })

  test('an own __proto__ stays a key and gives no prototype', () => {
    const read = decodeValue(encodeValue(objectOf([['__proto__', { admin: true }]]))) as object
    expect(Object.keys(read)).toStrictEqual(['__proto__'])
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect('admin' in read).toBe(false)
  })

  test('an object without a prototype reads back as an ordinary one', () => {
    const object = Object.assign(Object.create(null) as object, { a: 1 })
    expect(decodeValue(encodeValue(object))).toStrictEqual({ a: 1 })
  })

  test('a Buffer is bytes, and what is read shares no memory with its source', () => {
    const bytes = encodeValue(Buffer.from('abc'))
    const read = decodeValue(bytes) as Uint8Array
    expect(read.constructor).toBe(Uint8Array)
    bytes.fill(0)
    expect(Buffer.from(read).toString()).toBe('abc')
  })

  test('reads from any place in a larger buffer', () => {
    const whole = Buffer.concat([
      Buffer.from('junk'),
      encodeValue([Uint8Array.of(7), new Uint8Array(100).fill(8)]),
    ])
    expect(decodeValue(whole.subarray(4))).toStrictEqual([
      Uint8Array.of(7),
      new Uint8Array(100).fill(8),
    ])
  })

  test('what one encoding returns does not change with the next one', () => {
    const first = encodeValue('first')
    encodeValue('other')
    expect(decodeValue(first)).toBe('first')
  })
})
