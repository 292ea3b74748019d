/**
 * Writes and reads the scalars for which msgpack has no form, as extensions: undefined (type 0), bigint (1), Date (2). Self-contained: see
 * `value-realm.ts`.
 */
import type { FailToEncode } from './value-faults.ts'
import type { ValueReader } from './value-reader.ts'
import type { ValueRealm } from './value-realm.ts'
import type { ValueWriter } from './value-writer.ts'

export function createExtensionWriter(realm: ValueRealm, writer: ValueWriter, fail: FailToEncode) {
  const { asIntN, bigintText, charCodeAt, floor, isNaNumber, two32 } = realm
  const { closeExtension, openExtension, putByte, putWord } = writer

  /** Value of the hexadecimal digit at `index`; 0 before the first one. */
  function digit(digits: string, index: number): number {
    if (index < 0) return 0
    const unit = charCodeAt(digits, index)
    return unit < 0x3a ? unit - 0x30 : unit - 0x57
  }

  return {
    putUndefined(): void {
      const start = openExtension()
      putByte(0)
      closeExtension(start, 0)
    },

    /** Two's complement, big-endian, in the fewest bytes. */
    putBigint(n: bigint, maxBytes: number): void {
      if (asIntN(8 * maxBytes, n) !== n) fail('large', `a bigint of more than ${maxBytes} bytes`)
      // The bits of a negative n are those of −n−1, inverted.
      const flip = n < 0n ? 0xff : 0
      const digits = bigintText(n < 0n ? ~n : n, 16)
      const { length } = digits
      // The sign needs one bit. An even number of digits leaves it free only if the first digit is below 8.
      const signByte = length % 2 === 0 && digit(digits, 0) > 7 ? 1 : 0
      const bytes = ((length + 1) >>> 1) + signByte
      const start = openExtension()
      for (let i = length - 2 * bytes; i < length; i += 2) {
        putByte(((digit(digits, i) << 4) | digit(digits, i + 1)) ^ flip)
      }
      closeExtension(start, 1)
    },

    /** Milliseconds in 64 bits of two's complement; the smallest number stands for an invalid Date. */
    putDate(time: number): void {
      const start = openExtension()
      putWord(isNaNumber(time) ? 0x80000000 : floor(time / two32))
      putWord(isNaNumber(time) ? 0 : time)
      closeExtension(start, 2)
    },
  }
}

export function createExtensionReader(realm: ValueRealm, reader: ValueReader) {
  const { DateOf, fromCharCode, nan, toBigint, two32 } = realm
  const { bad, fail, longForm, peek, readByte, readUnsigned } = reader
  /** Maximum distance of a Date from 1970, in milliseconds. */
  const maxTime = 8.64e15

  function hexadecimal(digit: number): string {
    return fromCharCode(digit < 10 ? 0x30 + digit : 0x57 + digit)
  }

  return {
    readUndefined(size: number, start: number): undefined {
      if (size !== 1 || readByte() !== 0) bad(start, 'an undefined of another form')
      return undefined
    },

    readBigint(size: number, start: number, maxBytes: number): bigint {
      if (size > maxBytes) {
        fail('ERR_VMS_VALUE_TOO_LARGE', start, `a bigint of more than ${maxBytes} bytes`)
      }
      if (size === 0) bad(start, 'a bigint without bytes')
      const first = readByte()
      const flip = first < 0x80 ? 0 : 0xff
      // A first byte is superfluous if it only repeats the sign bit of the second one.
      if (size > 1 && first === flip && (peek() ^ flip) < 0x80) longForm(start)
      let digits = '0x'
      for (let i = 0; i < size; i++) {
        const byte = (i === 0 ? first : readByte()) ^ flip
        digits += hexadecimal(byte >> 4) + hexadecimal(byte & 0x0f)
      }
      const n = toBigint(digits)
      return flip === 0 ? n : ~n
    },

    readDate(size: number, start: number): Date {
      if (size !== 8) bad(start, 'a Date of another size than 8 bytes')
      const high = readUnsigned(4, 0)
      const low = readUnsigned(4, 0)
      if (high === 0x80000000 && low === 0) return new DateOf(nan)
      const time = (high < 0x80000000 ? high : high - two32) * two32 + low
      if (time > maxTime || time < -maxTime) bad(start, 'a time that no Date can hold')
      return new DateOf(time)
    },
  }
}
