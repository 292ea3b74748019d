/** Bounds of a value: exactly at the limit passes, one more is refused, in both directions. */
import { decodeValue, encodeValue, VALUE_LIMITS, type Value, ValueError } from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryValue } from './arbitrary-value.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof ValueError) return error.code
    throw error
  }
  return 'none'
}

const wrappers: readonly (readonly [string, (inner: Value) => Value])[] = [
  ['arrays', (inner) => [inner]],
  ['objects', (inner) => ({ a: inner })],
  ['Maps', (inner) => new Map([[1, inner]])],
  ['Map keys', (inner) => new Map([[inner, 1]])],
  ['Sets', (inner) => new Set([inner])],
]

describe('depth', () => {
  const nested = (wrap: (inner: Value) => Value, levels: number): Value => {
    let value: Value = 1
    for (let i = 0; i < levels; i++) value = wrap(value)
    return value
  }

  test.each(wrappers)(
    'of %s: 64 levels by default, and as many as the caller says',
    (_name, wrap) => {
      expect(VALUE_LIMITS.maxDepth).toBe(64)
      const most = encodeValue(nested(wrap, 64))
      expect(decodeValue(most)).toStrictEqual(nested(wrap, 64))
      expect(codeOf(() => encodeValue(nested(wrap, 65)))).toBe('ERR_VMS_VALUE_TOO_DEEP')
      const more = encodeValue(nested(wrap, 65), { maxDepth: 65 })
      expect(codeOf(() => decodeValue(more))).toBe('ERR_VMS_VALUE_TOO_DEEP')
      expect(codeOf(() => decodeValue(more, { maxDepth: 65 }))).toBe('none')
    },
  )

  test('0 allows scalars only', () => {
    expect(codeOf(() => encodeValue([], { maxDepth: 0 }))).toBe('ERR_VMS_VALUE_TOO_DEEP')
    expect(codeOf(() => encodeValue(new Date(0), { maxDepth: 0 }))).toBe('none')
    expect(codeOf(() => decodeValue(encodeValue('x'), { maxDepth: 0 }))).toBe('none')
  })

  test('the error names the container that is too deep', () => {
    expect(() => encodeValue({ a: [[{}]] }, { maxDepth: 2 })).toThrow(
      'cannot encode $.a[0]: more than 2 levels',
    )
  })
})

describe('bytes', () => {
  test('8 MiB by default', () => {
    expect(VALUE_LIMITS.maxBytes).toBe(8 * 1024 * 1024)
    const most = new Uint8Array(VALUE_LIMITS.maxBytes - 5)
    const bytes = encodeValue(most)
    expect(bytes.length).toBe(VALUE_LIMITS.maxBytes)
    expect(codeOf(() => decodeValue(bytes))).toBe('none')
    const more = new Uint8Array(VALUE_LIMITS.maxBytes - 4)
    expect(codeOf(() => encodeValue(more))).toBe('ERR_VMS_VALUE_TOO_LARGE')
    const larger = encodeValue(more, { maxBytes: VALUE_LIMITS.maxBytes + 1 })
    expect(codeOf(() => decodeValue(larger))).toBe('ERR_VMS_VALUE_TOO_LARGE')
  })

  test('any value fits exactly its own size', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        const bytes = encodeValue(value)
        const exact = { maxBytes: bytes.length }
        const less = { maxBytes: bytes.length - 1 }
        expect(encodeValue(value, exact)).toStrictEqual(bytes)
        expect(codeOf(() => encodeValue(value, less))).toBe('ERR_VMS_VALUE_TOO_LARGE')
        expect(codeOf(() => decodeValue(bytes, exact))).toBe('none')
        expect(codeOf(() => decodeValue(bytes, less))).toBe('ERR_VMS_VALUE_TOO_LARGE')
      }),
    )
  })

  test('a value that branches without end is stopped by its size', () => {
    let value: Value = []
    for (let i = 0; i < 60; i++) value = [value, value]
    expect(codeOf(() => encodeValue(value, { maxBytes: 100_000 }))).toBe('ERR_VMS_VALUE_TOO_LARGE')
  })

  test('an array that is too long is refused before its items are looked at', () => {
    expect(codeOf(() => encodeValue(new Array(2 ** 32 - 1)))).toBe('ERR_VMS_VALUE_TOO_LARGE')
  })

  test('the error names the part that passes the limit', () => {
    expect(() => encodeValue({ a: 1, b: ['x'.repeat(100)] }, { maxBytes: 50 })).toThrow(
      'cannot encode $.b[0]: more than 50 bytes',
    )
  })

  test('a failed encoding leaves nothing behind', () => {
    expect(codeOf(() => encodeValue(['x'.repeat(1_000), () => 1]))).toBe(
      'ERR_VMS_UNSUPPORTED_VALUE',
    )
    expect(decodeValue(encodeValue([1, 2]))).toStrictEqual([1, 2])
  })
})

describe('bigint', () => {
  const bits = BigInt(8 * VALUE_LIMITS.maxBigintBytes - 1)
  test.each([
    ['greatest', 2n ** bits - 1n, 2n ** bits],
    ['least', -(2n ** bits), -(2n ** bits) - 1n],
  ])('the %s one', (_name, most, more) => {
    expect(VALUE_LIMITS.maxBigintBytes).toBe(4_096)
    expect(decodeValue(encodeValue(most))).toBe(most)
    expect(codeOf(() => encodeValue(more))).toBe('ERR_VMS_VALUE_TOO_LARGE')
    const larger = encodeValue(more, { maxBigintBytes: 4_097 })
    expect(codeOf(() => decodeValue(larger))).toBe('ERR_VMS_VALUE_TOO_LARGE')
    expect(decodeValue(larger, { maxBigintBytes: 4_097 })).toBe(more)
  })
})
