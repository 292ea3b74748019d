/** Records are strict: every record, at every place in it, with anything added, left out or of another type. */
import { readFileSync } from 'node:fs'
import {
  decodeEntry,
  decodeReceipt,
  decodeRequest,
  decodeValue,
  encodeEntry,
  encodeReceipt,
  encodeRequest,
  encodeValue,
  FormatError,
  fromHex,
  RecordError,
  toHex,
  type Value,
} from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodePositional } from '../../../vectors/positional.ts'
import { arbitraryValue } from './arbitrary-value.ts'

const large = { maxBytes: 2 ** 24 }

const kinds = [
  ['requests', decodeRequest, encodeRequest],
  ['entries', decodeEntry, encodeEntry],
  ['receipts', decodeReceipt, encodeReceipt],
] as const

/** Every record inside one, as the array of its fields, and as a function that gives the whole with that array replaced. */
function parts(
  read: unknown,
  value: Value,
  rebuild: (changed: Value) => Value = (changed) => changed,
): [Value[], (changed: Value) => Value][] {
  if (!Array.isArray(value) || typeof read !== 'object' || read === null) return []
  const inside = Object.values(read).flatMap((item, i) =>
    parts(item, value[i], (changed) => rebuild(value.with(i, changed))),
  )
  return Array.isArray(read) ? inside : [[value, rebuild], ...inside]
}

describe.each(kinds)('%s', (file, decode, encode) => {
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

  test.each(records)('%s: a field too many or too few, or no array', (_name, record) => {
    const found = parts(decode(encodeValue(record, large)), record)
    expect(found.length).toBeGreaterThan(0)
    for (const [fields, rebuild] of found) {
      refuse(rebuild([...fields, null]))
      refuse(rebuild([null, ...fields]))
      refuse(rebuild(fields.slice(1)))
      refuse(rebuild(fields.slice(0, -1)))
      refuse(rebuild({}))
      refuse(rebuild(Object.fromEntries(fields.entries())))
      refuse(rebuild(new Map(fields.entries())))
    }
  })

  test.each(records)(
    '%s: any other value in place of a field is refused, or is the same type',
    (_name, record) => {
      const places = parts(decode(encodeValue(record, large)), record).flatMap(
        ([fields, rebuild]) => fields.map((_, i) => [fields, rebuild, i] as const),
      )
      fc.assert(
        fc.property(fc.constantFrom(...places), arbitraryValue, ([fields, rebuild, i], other) => {
          const changed = encodeValue(rebuild(fields.with(i, other)), large)
          try {
            const read = decode(changed)
            // What passes is kept exactly.
            expect(toHex(encode(read as never))).toBe(toHex(changed))
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
        decodeEntry(encodePositional(value))
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
      /^\$\.time: expected a whole number from 0 to \d+, got another number$/,
    )
    expect(words({ ...init, time: undefined })).toMatch(/^\$\.time: .* got an extension$/)
    expect(words({ ...init, root: new Uint8Array(31) })).toBe(
      '$.root: expected 32 bytes, got 31 bytes',
    )
    expect(words({ ...init, extra: 1 })).toBe('$: expected a record of 5 fields, got 6')
    expect(words({ type: 'init', outcome, time: 1, root: null, files: null })).toMatch(
      /^\$\.time: .* got an array$/,
    )
    expect(words({ type: 'init', time: 1 })).toBe('$: expected a record of 5 fields, got 2')
    expect(words({ ...init, outcome: { ...outcome, status: 9 } })).toBe(
      '$.outcome.status: expected a whole number from 0 to 3, got number 9',
    )
    expect(words({ ...init, outcome: { ...outcome, oracles: [null] } })).toBe(
      '$.outcome.oracles[0]: expected a record of 4 fields, got null',
    )
    expect(words(null)).toBe('$: expected a record, got null')
    expect(words([5])).toBe('$.type: expected a whole number from 0 to 4, got number 5')
  })

  test('says the same of what is to be written', () => {
    const init = { type: 'init', time: -1, outcome: null, root: null, files: null }
    const words = (value: unknown): string => {
      try {
        encodeEntry(value as never)
      } catch (error) {
        if (error instanceof RecordError) return error.message
        throw error
      }
      return 'none'
    }
    expect(words(init)).toMatch(/^\$\.time: expected a whole number .* got number -1$/)
    expect(words({ ...init, time: 1 })).toBe('$.outcome: expected a record, got null')
    expect(words({ ...init, extra: 1 })).toBe('$: unknown field "extra"')
    expect(words({ ...init, type: 'note' })).toBe(
      '$.type: expected genesis or boot or init or calls or alarm, got string note',
    )
  })
})
