/** Reads the parts of an encoding (numbers, text, bytes), each in its shortest form only. Self-contained: see `value-realm.ts`. */
import type { MakeValueError, ValueProblem } from './value-error.ts'
import type { ValueRealm } from './value-realm.ts'

export type FailToDecode = (code: ValueProblem['code'], offset: number, reason: string) => never

export type ValueReader = ReturnType<typeof createValueReader>

export function createValueReader(realm: ValueRealm, makeError: MakeValueError) {
  const { Bytes, charCodeAt, float, floatBytes, floatEnd, floor, fromCharCode } = realm
  const { fromCodePoint, isNaNumber, maxSafe, setBytes, two32 } = realm
  const { typedArrayBuffer, typedArrayLength, typedArrayOffset } = realm
  const nothing: Uint8Array = new Bytes(0)
  const ascii: string[] = []
  for (let i = 0; i < 128; i++) ascii[i] = fromCharCode(i)
  /** A cache of recent keys, by a hash of their bytes, because records repeat the same keys. */
  const keys: string[] = []
  for (let i = 0; i < 256; i++) keys[i] = ''
  const cachedKeyBytes = 32
  /** Below this length, a loop copies faster than a view. */
  const smallBytes = 48

  let input = nothing
  let at = 0
  let end = 0

  const fail: FailToDecode = (code, offset, reason) => {
    const message = `cannot decode byte ${offset}: ${reason}`
    throw makeError({ code, message, path: null, found: null, offset, reason })
  }

  function bad(offset: number, reason: string): never {
    return fail('ERR_VMS_BAD_ENCODING', offset, reason)
  }

  function longForm(offset: number): never {
    return bad(offset, 'not the shortest form')
  }

  /** Refuses a size that runs past the end, before anything is allocated for it. */
  function need(bytes: number): void {
    if (bytes > end - at) bad(end, 'the bytes end here, inside a value')
  }

  function readByte(): number {
    need(1)
    return input[at++] as number
  }

  /** Reads an unsigned big-endian integer of `bytes` ≤ 4. Refuses one below `least`, because it has a shorter form. */
  function readUnsigned(bytes: number, least: number): number {
    need(bytes)
    let n = 0
    for (let i = 0; i < bytes; i++) n = n * 0x100 + (input[at++] as number)
    if (n < least) longForm(at - bytes - 1)
    return n
  }

  /** The rest of a 64-bit integer whose upper half has been read. */
  function readLow(high: number): number {
    const start = at - 5
    const n = high * two32 + readUnsigned(4, 0)
    if (n > maxSafe || n < -maxSafe) bad(start, 'an integer beyond 2^53 − 1')
    return n
  }

  /** A number other than a fixint, from its head. */
  function readNumber(head: number): number {
    const start = at - 1
    switch (head) {
      case 0xcb:
        return readFloat(start)
      case 0xcc:
        return readUnsigned(1, 0x80)
      case 0xcd:
        return readUnsigned(2, 0x100)
      case 0xce:
        return readUnsigned(4, 0x10000)
      case 0xcf:
        return readLow(readUnsigned(4, 1))
      case 0xd0:
        return below(-0x20, readNegative(1, 0x100), start)
      case 0xd1:
        return below(-0x80, readNegative(2, 0x10000), start)
      case 0xd2:
        return below(-0x8000, readNegative(4, two32), start)
      case 0xd3:
        return below(-0x80000000, readLow(readNegative(4, two32)), start)
      default:
        return bad(start, 'a form that is not used')
    }
  }

  /**
   * Reads two's complement of `bytes` ≤ 4, whose range is `full`. Refuses a number that is not negative, because it has an unsigned form.
   */
  function readNegative(bytes: number, full: number): number {
    const n = readUnsigned(bytes, 0)
    return n >= full / 2 ? n - full : longForm(at - bytes - 1)
  }

  /** Refuses a negative number that is not below `limit`, because it has a shorter form. */
  function below(limit: number, n: number, start: number): number {
    return n < limit ? n : longForm(start)
  }

  function readFloat(start: number): number {
    need(8)
    for (let i = 0; i < 8; i++) floatBytes[floatEnd ^ i] = input[at + i] as number
    const n = float[0] as number
    if (isNaNumber(n)) {
      let rest = (input[at] as number) ^ 0x7f
      rest |= (input[at + 1] as number) ^ 0xf8
      for (let i = 2; i < 8; i++) rest |= input[at + i] as number
      if (rest !== 0) bad(start, 'a NaN other than 7ff8000000000000')
    } else if (n >= -maxSafe && n <= maxSafe && floor(n) === n && (n !== 0 || 1 / n > 0)) {
      longForm(start)
    }
    at += 8
    return n
  }

  /** A copy of the next bytes. */
  function readBytes(length: number): Uint8Array {
    need(length)
    const bytes = new Bytes(length)
    if (length < smallBytes) for (let i = 0; i < length; i++) bytes[i] = input[at + i] as number
    else setBytes(bytes, new Bytes(typedArrayBuffer(input), typedArrayOffset(input) + at, length))
    at += length
    return bytes
  }

  /** A view of the next bytes in the input's memory. */
  function readView(length: number): Uint8Array {
    need(length)
    at += length
    return new Bytes(typedArrayBuffer(input), typedArrayOffset(input) + at - length, length)
  }

  function readText(length: number): string {
    need(length)
    const stop = at + length
    let text = ''
    while (at < stop) {
      if (stop - at >= 8) {
        const a = input[at] as number
        const b = input[at + 1] as number
        const c = input[at + 2] as number
        const d = input[at + 3] as number
        const e = input[at + 4] as number
        const f = input[at + 5] as number
        const g = input[at + 6] as number
        const h = input[at + 7] as number
        if ((a | b | c | d | e | f | g | h) < 0x80) {
          text += fromCharCode(a, b, c, d, e, f, g, h)
          at += 8
          continue
        }
      }
      const byte = input[at] as number
      if (byte < 0x80) {
        text += ascii[byte]
        at += 1
      } else text += readWide(byte, stop)
    }
    return text
  }

  /** Reads one character outside ASCII, in its only valid UTF-8 form. */
  function readWide(first: number, stop: number): string {
    const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
    let point = first & (0x7f >> size)
    let well = size !== 0 && size <= stop - at
    for (let i = 1; well && i < size; i++) {
      const next = input[at + i] as number
      well = (next & 0xc0) === 0x80
      point = (point << 6) | (next & 0x3f)
    }
    if (size === 3) well &&= point >= 0x800 && (point < 0xd800 || point > 0xdfff)
    if (size === 4) well &&= point >= 0x10000 && point <= 0x10ffff
    if (!well) bad(at, 'not well-formed UTF-8')
    at += size
    return size === 4 ? fromCodePoint(point) : fromCharCode(point)
  }

  /** Reads text that is a key. */
  function readKeyText(length: number): string {
    if (length === 0 || length > cachedKeyBytes) return readText(length)
    need(length)
    const middle = input[at + (length >>> 1)] as number
    const last = input[at + length - 1] as number
    const slot = ((input[at] as number) ^ (middle * 7) ^ (last * 31) ^ (length * 59)) & 0xff
    const known = keys[slot] as string
    let same = known.length === length
    for (let i = 0; same && i < length; i++) same = charCodeAt(known, i) === input[at + i]
    if (same) {
      at += length
      return known
    }
    const text = readText(length)
    // Only ASCII has as many units as bytes. The comparison above then covers the whole text.
    if (text.length === length) keys[slot] = text
    return text
  }

  return {
    begin(bytes: Uint8Array): number {
      input = bytes
      at = 0
      end = typedArrayLength(bytes)
      return end
    },
    /** Releases the input. */
    release(): void {
      input = nothing
    },
    /** Offset of the next byte. */
    position: (): number => at,
    /** The next byte, without consuming it; 0 past the end. */
    peek: (): number => (at < end ? (input[at] as number) : 0),
    fail,
    bad: bad as (offset: number, reason: string) => never,
    longForm: longForm as (offset: number) => never,
    need,
    readByte,
    readUnsigned,
    readNumber,
    readBytes,
    readView,
    readText,
    readKeyText,
  }
}
