/** The look over the bytes of a frame agrees with a reader on what is complete, and lets nothing through that expands. */

import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { expect, test } from 'vitest'
import { plainFault } from '../src/plain.ts'

const packr = new Packr({ useRecords: false, variableMapSize: true })
const hex = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))

test('plain values of any shape pass; cut off or with a byte more, they do not', () => {
  const leaf = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('any'), { maxLength: 40 }),
      fc.dictionary(fc.string(), tie('any')),
    ),
  })).any
  fc.assert(
    fc.property(value, fc.nat(), (any, at) => {
      const bytes = packr.pack(any)
      expect(plainFault(bytes, 16)).toBeNull()
      expect(plainFault(bytes.subarray(0, at % bytes.length), 16)).not.toBeNull()
      expect(plainFault(Uint8Array.of(...bytes, 0), 16)).toBe('1 bytes too many at its end')
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['nothing', '', 'it is empty'],
  ['an array announced larger than the frame', 'dd ffffffff', 'it ends too early'],
  ['a map announced larger than the frame', 'df ffffffff', 'it ends too early'],
  ['a long byte string that is not there', 'c6 ffffffff 00', 'it ends too early'],
  ['a cut length', 'dd ff', 'it ends too early'],
  ['a record definition', 'd4 72 40 91 a1 61 01', 'byte 0 (0xd4) is not allowed'],
  ['a reference', '91 d6 69 00000001', 'byte 1 (0xd6) is not allowed'],
  ['a regular expression', 'c7 05 78 92 a1 61 a1 67', 'byte 0 (0xc7) is not allowed'],
  ['the byte that is never used', 'c1', 'byte 0 (0xc1) is not allowed'],
  ['undefined as an extension', 'd4 00 00', 'byte 0 (0xd4) is not allowed'],
])('%s is refused', (_name, text, fault) => {
  expect(plainFault(hex(text), 8)).toBe(fault)
})

test('nesting is bounded, exactly', () => {
  const nested = (depth: number): Uint8Array => Uint8Array.from([...Array(depth).fill(0x91), 0xc0])
  expect(plainFault(nested(8), 8)).toBeNull()
  expect(plainFault(nested(9), 8)).toBe('it nests deeper than 8')
  expect(plainFault(nested(1_000_000), 8)).toBe('it nests deeper than 8')
  expect(plainFault(hex('91 91 91 91 91 91 91 91 90'), 8)).toBeNull()
})
