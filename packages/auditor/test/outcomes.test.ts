/** The first difference of two outcomes, and of two values. */
import { encodeValue, type Outcome, type Value } from '@vms/format'
import { describe, expect, test } from 'vitest'
import { compareEncoded, showValue } from '../src/compare/compare.ts'
import { compareOutcomes } from '../src/compare/outcomes.ts'
import { aborted, returned, thrown } from './scribe.ts'

const place = { entry: 3, call: 0, method: 'a' }
const wrote = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)

describe('outcomes', () => {
  test('that are the same have no difference', () => {
    for (const outcome of [returned({ a: [1] }, wrote(1)), thrown('no'), aborted('call-files')])
      expect(compareOutcomes(outcome, structuredClone(outcome), place)).toBeNull()
  })

  test.each<[string, Outcome, Outcome, object]>([
    [
      'STATUS_DIFFERS',
      returned(1),
      thrown('no'),
      { part: 'status', expected: 'returned', got: 'thrown Error: no' },
    ],
    ['STATUS_DIFFERS', aborted('call-files'), returned(1), { expected: 'aborted call-files' }],
    ['VALUE_DIFFERS', returned(1), returned(2), { part: 'value', path: '$' }],
    ['ERROR_DIFFERS', thrown('no'), thrown('yes'), { part: 'error', path: '$.message' }],
    ['ABORT_DIFFERS', aborted('a'), aborted('b'), { part: 'abort', expected: 'a', got: 'b' }],
    ['CHANGES_DIFFER', returned(1, wrote(1)), returned(1, wrote(2)), { part: 'changes' }],
    ['CHANGES_DIFFER', returned(1), returned(1, wrote(2)), { expected: 'none' }],
    ['CHANGES_DIFFER', returned(1, wrote(1)), returned(1), { got: 'none' }],
    ['FUEL_DIFFERS', returned(1), { ...returned(1), fuel: 9 }, { expected: '0', got: '9' }],
  ])('%s', (code, expected, got, detail) => {
    expect(compareOutcomes(expected, got, place)).toMatchObject({ code, ...place, ...detail })
  })

  test.each([
    ['altered the returned value, or ran another script: what', wrote(1), wrote(1)],
    ['ran the call with another script, argument, caller or time', wrote(1), wrote(2)],
    ['ran the call with another script, argument, caller or time', null, wrote(2)],
    ['altered the returned value, or ran another script, argument', null, null],
  ])('of which only what was written tells that the host %s', (cause, expected, got) => {
    const found = compareOutcomes(returned(1, expected), returned(2, got), place)
    expect(found).toMatchObject({ code: 'VALUE_DIFFERS', cause: expect.stringContaining(cause) })
  })
})

describe('values', () => {
  const compare = (expected: Value, got: Value) =>
    compareEncoded(encodeValue(expected), encodeValue(got))

  test.each<[path: string, expected: string, got: string, Value, Value]>([
    ['$.a[1].b', '"x"', '"y"', { a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] }],
    ['$', '[1,2]', '[1]', [1, 2], [1]],
    ['$', '{"a":1,"b":2}', '{"b":2,"a":1}', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['$', '0', '-0', 0, -0],
    ['$', 'undefined', 'null', undefined, null],
    ['$', '1n', '1', 1n, 1],
    ['$', 'NaN', 'Infinity', Number.NaN, Number.POSITIVE_INFINITY],
    ['$', 'bytes 01ff', 'bytes 01', Uint8Array.of(1, 255), Uint8Array.of(1)],
    ['$.a', '{"b":1}', '[1]', { a: { b: 1 } }, { a: [1] }],
  ])('differ at %s: %s, %s', (path, expected, got, a, b) => {
    expect(compare(a, b)).toEqual({ path, expected, got })
  })

  test('that are the same bytes have no difference', () => {
    const value = new Map<Value, Value>([[new Date(0), new Set([1n])]])
    expect(compare(value, structuredClone(value))).toBeNull()
  })

  test('of kinds that JSON does not have are shown by kind', () => {
    expect(showValue(new Map())).toMatch(/^Map /)
    expect(showValue(new Set([1]))).toMatch(/^Set /)
    expect(showValue(new Date(0))).toMatch(/^Date /)
  })

  test('of which one is none are shown as bytes', () => {
    expect(compareEncoded(encodeValue(1), Uint8Array.of(0xc1))).toEqual({
      path: '$',
      expected: '1',
      got: 'bytes that are no value: c1',
    })
  })
})
