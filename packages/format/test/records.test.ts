/** Records are strict: every record, at every place in it, with anything added, left out, reordered or of another type. */
import { readFileSync } from 'node:fs'
import {
  decodeEntry,
  decodeReceipt,
  decodeRequest,
  decodeValue,
  encodeValue,
  FormatError,
  fromHex,
  RecordError,
  type Value,
} from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryValue, sameValue } from './arbitrary-value.ts'

type Fields = { [key: string]: Value }

const large = { maxBytes: 2 ** 24 }

const kinds = [
  ['requests', decodeRequest],
  ['entries', decodeEntry],
  ['receipts', decodeReceipt],
] as const

/** Every map inside a value, as a function that gives the value with that map replaced. */
function maps(
  value: Value,
  rebuild: (changed: Value) => Value = (changed) => changed,
): [Fields, (changed: Fields) => Value][] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => maps(item, (changed) => rebuild(value.with(i, changed))))
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  const fields = value as Fields
  const inside = Object.entries(fields).flatMap(([key, item]) =>
    maps(item, (changed) => rebuild({ ...fields, [key]: changed })),
  )
  return [[fields, rebuild], ...inside]
}

describe.each(kinds)('%s', (file, decode) => {
  const url = new URL(`../../../vectors/${file}.json`, import.meta.url)
  const { valid } = JSON.parse(readFileSync(url, 'utf8')) as {
    valid: { name: string; bytes: string }[]
  }
  const records = valid.map(
    ({ name, bytes }) => [name, decodeValue(fromHex(bytes), large)] as const,
  )

  const refuse = (value: Value): void => {
    expect(() => decode(encodeValue(value, large))).toThrow(RecordError)
  }

  test.each(records)('%s: a field too many, too few, or in another order', (_name, record) => {
    for (const [fields, rebuild] of maps(record)) {
      const entries = Object.entries(fields)
      refuse(rebuild({ ...fields, extra: null }))
      refuse(rebuild({ ['__proto__']: null, ...fields }))
      refuse(rebuild(Object.fromEntries(entries.slice(1))))
      refuse(rebuild(Object.fromEntries(entries.slice(0, -1))))
      if (entries.length > 1) refuse(rebuild(Object.fromEntries(entries.toReversed())))
      refuse(rebuild({}))
      refuse(rebuild(new Map(entries) as never))
      refuse(rebuild(entries as never))
    }
  })

  test.each(records)(
    '%s: any other value in place of a field is refused, or is the same type',
    (_name, record) => {
      const places = maps(record).flatMap(([fields, rebuild]) =>
        Object.keys(fields).map((key) => [fields, rebuild, key] as const),
      )
      fc.assert(
        fc.property(fc.constantFrom(...places), arbitraryValue, ([fields, rebuild, key], other) => {
          const changed = encodeValue(rebuild({ ...fields, [key]: other }), large)
          try {
            const read = decode(changed)
            // What passes is kept exactly.
            expect(sameValue(read as Value, decodeValue(changed, large))).toBe(true)
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError)
          }
        }),
        { numRuns: 100 },
      )
    },
  )
})

describe('the error', () => {
  test('says where in the record, and what was expected', () => {
    const value = Uint8Array.of(0xc0)
    const outcome = {
      status: 'returned',
      value,
      error: null,
      abort: null,
      changes: null,
      oracles: [],
      fuel: 0,
    }
    const init = { type: 'init', time: 1, outcome, root: null, files: null }
    const words = (value: unknown): string => {
      try {
        decodeEntry(encodeValue(value))
      } catch (error) {
        if (error instanceof RecordError) return error.message
        throw error
      }
      return 'none'
    }
    expect(words(init)).toBe('none')
    expect(words({ ...init, outcome: { ...outcome, value: null } })).toBe(
      '$.outcome.value: does not go with status returned',
    )
    expect(words({ ...init, time: -1 })).toMatch(
      /^\$\.time: expected a whole number from 0 to \d+, got number -1$/,
    )
    expect(words({ ...init, time: undefined })).toMatch(/^\$\.time: .* got undefined$/)
    expect(words({ ...init, root: new Uint8Array(31) })).toBe(
      '$.root: expected 32 bytes, got 31 bytes',
    )
    expect(words({ ...init, extra: 1 })).toBe('$: unknown field "extra"')
    expect(words({ type: 'init', outcome, time: 1, root: null, files: null })).toBe(
      '$: field "time" is out of order',
    )
    expect(words({ type: 'init', time: 1 })).toBe('$: field "outcome" is missing')
    expect(words({ ...init, outcome: { ...outcome, status: 'done' } })).toBe(
      '$.outcome.status: expected returned or thrown or aborted or skipped, got string done',
    )
    expect(words({ ...init, outcome: { ...outcome, oracles: [null] } })).toBe(
      '$.outcome.oracles[0]: expected a map, got null',
    )
    expect(words(null)).toBe('$.type: unknown type of entry')
  })
})
