/** Reading accepts canonical bytes only. */
import { decodeValue, encodeValue, fromHex, toHex, ValueError } from '@vms/format'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryValue } from './arbitrary-value.ts'

function refusal(hex: string): ValueError {
  try {
    decodeValue(fromHex(hex))
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
  throw new Error('was decoded')
}

const long = 'not the shortest form'
const short = 'the bytes end here, inside a value'
const utf8 = 'not well-formed UTF-8'
const unused = 'a form that is not used'

/** Bytes, the offset that the error tells, and the reason. */
const refused: readonly (readonly [string, number, string])[] = [
  ['', 0, short],
  ['00 00', 1, 'bytes after the value'],
  ['c1', 0, unused],
  ['ca 3f800000', 0, unused],
  // Integers in longer forms than they need, positive ones in signed forms, and beyond 2^53 − 1.
  ['cc 7f', 0, long],
  ['cd 00ff', 0, long],
  ['ce 0000ffff', 0, long],
  ['cf 00000000ffffffff', 0, long],
  ['cf 0020000000000000', 0, 'an integer beyond 2^53 − 1'],
  ['cf ffffffffffffffff', 0, 'an integer beyond 2^53 − 1'],
  ['d0 05', 0, long],
  ['d0 e0', 0, long],
  ['d1 ff80', 0, long],
  ['d1 7fff', 0, long],
  ['d2 ffff8000', 0, long],
  ['d2 00000001', 0, long],
  ['d3 ffffffff80000000', 0, long],
  ['d3 0000000100000000', 0, long],
  ['d3 ffe0000000000000', 0, 'an integer beyond 2^53 − 1'],
  ['d3 8000000000000000', 0, 'an integer beyond 2^53 − 1'],
  // Floats that are integers, and other NaNs.
  ['cb 3ff0000000000000', 0, long],
  ['cb 0000000000000000', 0, long],
  ['cb c33fffffffffffff', 0, long],
  ['cb 7ff8000000000001', 0, 'a NaN other than 7ff8000000000000'],
  ['cb fff8000000000000', 0, 'a NaN other than 7ff8000000000000'],
  ['cb 7ff0000000000001', 0, 'a NaN other than 7ff8000000000000'],
  // Text.
  ['d9 00', 0, long],
  ['d9 1f 61', 0, long],
  ['da 00ff', 0, long],
  ['db 0000ffff', 0, long],
  ['a2 61', 2, short],
  ['a1 80', 1, utf8],
  ['a1 c3', 1, utf8],
  ['a2 c3 28', 1, utf8],
  ['a2 c0 80', 1, utf8],
  ['a2 c1 bf', 1, utf8],
  ['a3 e0 9f bf', 1, utf8],
  ['a3 ed a0 80', 1, utf8],
  ['a3 ed bf bf', 1, utf8],
  ['a4 f0 8f bf bf', 1, utf8],
  ['a4 f4 90 80 80', 1, utf8],
  ['a4 f5 80 80 80', 1, utf8],
  ['a6 ed a0 bd ed b8 80', 1, utf8],
  ['a9 61 62 63 64 65 66 67 68 ff', 9, utf8],
  ['a1 ff', 1, utf8],
  // Bytes, arrays.
  ['c5 00ff', 0, long],
  ['c6 0000ffff', 0, long],
  ['c4 02 00', 3, short],
  ['dc 000f', 0, long],
  ['dd 0000ffff', 0, long],
  ['91', 1, short],
  ['dd ffffffff', 5, short],
  ['df ffffffff', 5, short],
  ['c6 ffffffff', 5, short],
  ['db ffffffff', 5, short],
  // Objects.
  ['de 000f', 0, long],
  ['df 0000ffff', 0, long],
  ['81 01 00', 1, 'a key that is not a string'],
  ['81 c4 01 61 00', 1, 'a key that is not a string'],
  ['82 a161 00 a161 00', 4, 'a key that is there twice'],
  ['82 a95f5f70726f746f5f5f 00 a95f5f70726f746f5f5f 00', 12, 'a key that is there twice'],
  ['82 a161 00 a130 00', 4, 'an index key out of order'],
  ['82 a131 00 a130 00', 4, 'an index key out of order'],
  ['82 a130 00 a130 00', 4, 'an index key out of order'],
  ['82 a23130 00 a139 00', 5, 'an index key out of order'],
  ['82 a161 00 aa34323934393637323934 00', 4, 'an index key out of order'],
  // Extensions.
  ['c7 01 00 00', 0, long],
  ['c7 08 02 0000000000000001', 0, long],
  ['c8 00ff', 0, long],
  ['c9 0000ffff', 0, long],
  ['d4 05 00', 0, 'an extension of unknown type'],
  ['d4 ff 00', 0, 'an extension of unknown type'],
  ['d6 ff 00000000', 0, 'an extension of unknown type'],
  ['d4', 1, short],
  ['d5 01 00', 3, short],
  ['d4 00 01', 0, 'an undefined of another form'],
  ['d5 00 0000', 0, 'an undefined of another form'],
  ['c7 00 00', 0, 'an undefined of another form'],
  ['c7 00 01', 0, 'a bigint without bytes'],
  ['d5 01 0001', 0, long],
  ['d5 01 007f', 0, long],
  ['d5 01 ff80', 0, long],
  ['d5 01 ffff', 0, long],
  ['c7 03 01 000080', 0, long],
  ['d6 02 00000000', 0, 'a Date of another size than 8 bytes'],
  ['c7 0c 02 000000000000000000000000', 0, 'a Date of another size than 8 bytes'],
  ['d7 02 001eb208c2dc0001', 0, 'a time that no Date can hold'],
  ['d7 02 ffe14df73d23ffff', 0, 'a time that no Date can hold'],
  ['d7 02 8000000000000001', 0, 'a time that no Date can hold'],
  ['d7 02 7fffffffffffffff', 0, 'a time that no Date can hold'],
  ['d4 03 80', 2, 'a Map or Set whose content is no array'],
  ['d4 03 00', 2, 'a Map or Set whose content is no array'],
  ['d5 03 9100', 0, 'a Map with a key and no value'],
  ['c7 05 03 9400000000', 6, 'a key or member that is there twice'],
  ['c7 05 03 94 7f00 7f00', 6, 'a key or member that is there twice'],
  ['c7 03 04 920000', 5, 'a key or member that is there twice'],
  ['c7 13 04 92 cb7ff8000000000000 cb7ff8000000000000', 13, 'a key or member that is there twice'],
  ['c7 0a 04 91 cb8000000000000000', 4, 'a key or member −0'],
  ['c7 0b 03 92 cb8000000000000000 00', 4, 'a key or member −0'],
  ['d5 04 9000', 0, 'an extension of another size than its content'],
  ['d4 04 91 00', 0, 'an extension of another size than its content'],
  ['92 d4 04 91 00', 1, 'an extension of another size than its content'],
  ['c7 03 04 dc0000', 3, long],
]

describe('refused, with the place and the reason', () => {
  test.each(refused)('%s', (hex, offset, reason) => {
    const error = refusal(hex.replaceAll(' ', ''))
    expect(error.code).toBe('ERR_VMS_BAD_ENCODING')
    expect(error.reason).toBe(reason)
    expect(error.offset).toBe(offset)
    expect(error.message).toBe(`cannot decode byte ${offset}: ${reason}`)
  })

  test('what is no Uint8Array', () => {
    for (const other of [[0xc0], 'c0', new ArrayBuffer(1), new Int8Array(1), null]) {
      expect(() => decodeValue(other as never)).toThrow('not a Uint8Array')
    }
  })
})

describe('any bytes', () => {
  const encodesBack = (bytes: Uint8Array) => {
    let value: unknown
    try {
      value = decodeValue(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(ValueError)
      return
    }
    expect(toHex(encodeValue(value))).toBe(toHex(bytes))
  }

  test('either are refused or encode back to the same bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), encodesBack), { numRuns: 10_000 })
  })

  test('made of the heads that matter', () => {
    const head = fc.constantFrom(
      0x00,
      0x7f,
      0x80,
      0x81,
      0x82,
      0x90,
      0x91,
      0x92,
      0xa0,
      0xa1,
      0xa2,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xc4,
      0xc7,
      0xc8,
      0xcb,
      0xcc,
      0xcd,
      0xce,
      0xcf,
      0xd0,
      0xd1,
      0xd2,
      0xd3,
      0xd4,
      0xd5,
      0xd6,
      0xd7,
      0xd8,
      0xd9,
      0xdc,
      0xde,
      0xe0,
      0xff,
      1,
      2,
      3,
      4,
    )
    fc.assert(
      fc.property(fc.array(head, { maxLength: 12 }), (heads) =>
        encodesBack(Uint8Array.from(heads)),
      ),
      { numRuns: 20_000 },
    )
  })

  test('that differ from an encoding in one place', () => {
    fc.assert(
      fc.property(
        arbitraryValue,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (value, place, change) => {
          const bytes = encodeValue(value)
          const at = place % bytes.length
          bytes[at] = (bytes[at] as number) ^ change
          encodesBack(bytes)
        },
      ),
      { numRuns: 1_500 },
    )
  })

  test('that end early are refused', () => {
    fc.assert(
      fc.property(arbitraryValue, fc.nat(), (value, place) => {
        const bytes = encodeValue(value)
        expect(() => decodeValue(bytes.subarray(0, place % bytes.length))).toThrow(ValueError)
      }),
    )
  })
})
