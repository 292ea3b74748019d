/** Byte strings. */
import { compareUtf8, fromHex, sameBytes, toHex } from '@vms/format'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('hexadecimal there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
      expect(fromHex(toHex(bytes))).toStrictEqual(bytes)
      expect(fromHex(toHex(bytes).toUpperCase())).toStrictEqual(bytes)
    }),
  )
  for (const text of ['0', 'zz', '0x00', ' 00', '00 ', '00\n', '0g'])
    expect(() => fromHex(text)).toThrow(RangeError)
})

test('equality', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(sameBytes(a, b)).toBe(Buffer.compare(a, b) === 0)
      expect(sameBytes(a, a.slice())).toBe(true)
    }),
  )
})

test('strings are ordered by their UTF-8 bytes', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('a', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', '/'), {
        maxLength: 4,
      })
      .map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
    { numRuns: 2_000 },
  )
})
