/** Writes the parts of an encoding (heads, numbers, text, bytes) into one growing buffer, always in the shortest form. Self-contained: see `value-realm.ts`. */
import type { FailToEncode } from './value-faults.ts'
import type { ValueRealm } from './value-realm.ts'

/** State of a writer, saved during a nested use. */
export interface WriterState {
  readonly buffer: Uint8Array<ArrayBuffer>
  readonly capacity: number
  readonly at: number
  readonly maxBytes: number
}

export type ValueWriter = ReturnType<typeof createValueWriter>

export function createValueWriter(realm: ValueRealm, fail: FailToEncode) {
  const { Bytes, charCodeAt, copyWithin, float, floatBytes, floatEnd, floor } = realm
  const { isNaNumber, maxSafe, setBytes, two32, typedArrayBuffer } = realm
  /** Capacity that is kept between calls. A larger buffer is released, so that one large value does not hold memory for ever. */
  const keptBytes = 65_536

  const firstBytes = 4096

  let buffer = new Bytes(firstBytes)
  /** Length of `buffer`, kept here because reading its `length` would use a prototype. */
  let capacity = firstBytes
  let at = 0
  let maxBytes = 0

  /** Refuses bytes that exceed the limit, before memory is allocated for them. */
  function fit(bytes: number): void {
    if (bytes > maxBytes - at) fail('large', `more than ${maxBytes} bytes`)
  }

  function room(bytes: number): void {
    const needed = at + bytes
    if (needed <= capacity) return
    while (capacity < needed) capacity *= 2
    const larger = new Bytes(capacity)
    setBytes(larger, buffer, 0)
    buffer = larger
  }

  function put8(code: number, n: number): void {
    buffer[at] = code
    buffer[at + 1] = n
    at += 2
  }

  function put16(code: number, n: number): void {
    buffer[at] = code
    buffer[at + 1] = n >>> 8
    buffer[at + 2] = n
    at += 3
  }

  function put32(code: number, n: number): void {
    buffer[at] = code
    word(at + 1, n)
    at += 5
  }

  function put64(code: number, n: number): void {
    buffer[at] = code
    word(at + 1, floor(n / two32))
    word(at + 5, n)
    at += 9
  }

  /** The low 32 bits of `n` in two's complement, big-endian. */
  function word(start: number, n: number): void {
    const bits = n >>> 0
    buffer[start] = bits >>> 24
    buffer[start + 1] = bits >>> 16
    buffer[start + 2] = bits >>> 8
    buffer[start + 3] = bits
  }

  function putNumber(n: number): void {
    room(9)
    if (n >= -maxSafe && n <= maxSafe && floor(n) === n && (n !== 0 || 1 / n > 0)) putInteger(n)
    else putFloat(n)
    fit(0)
  }

  function putInteger(n: number): void {
    if (n >= 0) {
      if (n < 0x80) buffer[at++] = n
      else if (n < 0x100) put8(0xcc, n)
      else if (n < 0x10000) put16(0xcd, n)
      else if (n < two32) put32(0xce, n)
      else put64(0xcf, n)
    } else if (n >= -0x20) buffer[at++] = n
    else if (n >= -0x80) put8(0xd0, n)
    else if (n >= -0x8000) put16(0xd1, n)
    else if (n >= -0x80000000) put32(0xd2, n)
    else put64(0xd3, n)
  }

  function putFloat(n: number): void {
    buffer[at] = 0xcb
    float[0] = n
    for (let i = 0; i < 8; i++) buffer[at + 1 + i] = floatBytes[floatEnd ^ i] as number
    if (isNaNumber(n)) {
      // The language does not show which bits a NaN has, so one pattern encodes all.
      word(at + 1, 0x7ff80000)
      word(at + 5, 0)
    }
    at += 9
  }

  function putTextHead(bytes: number): void {
    if (bytes < 32) buffer[at++] = 0xa0 | bytes
    else if (bytes < 0x100) put8(0xd9, bytes)
    else if (bytes < 0x10000) put16(0xda, bytes)
    else put32(0xdb, bytes)
  }

  function putText(text: string): void {
    const { length } = text
    fit(length)
    room(length + 5)
    const start = at
    putTextHead(length)
    let i = 0
    for (; i < length; i++) {
      const unit = charCodeAt(text, i)
      if (unit >= 0x80) break
      buffer[at++] = unit
    }
    if (i < length) {
      at = start
      putWideText(text)
    }
    fit(0)
  }

  /** Text with characters outside ASCII. It is measured first, because its head holds the number of bytes. */
  function putWideText(text: string): void {
    const bytes = utf8Length(text)
    fit(bytes)
    room(bytes + 5)
    putTextHead(bytes)
    for (let i = 0; i < text.length; i++) {
      let point = charCodeAt(text, i)
      if (point >= 0xd800 && point <= 0xdfff) {
        point = 0x10000 + ((point & 0x3ff) << 10) + (charCodeAt(text, ++i) & 0x3ff)
      }
      if (point < 0x80) buffer[at++] = point
      else {
        if (point < 0x800) buffer[at++] = 0xc0 | (point >> 6)
        else {
          if (point < 0x10000) buffer[at++] = 0xe0 | (point >> 12)
          else {
            buffer[at++] = 0xf0 | (point >> 18)
            buffer[at++] = 0x80 | ((point >> 12) & 0x3f)
          }
          buffer[at++] = 0x80 | ((point >> 6) & 0x3f)
        }
        buffer[at++] = 0x80 | (point & 0x3f)
      }
    }
  }

  function utf8Length(text: string): number {
    let bytes = text.length
    for (let i = 0; i < text.length; i++) {
      const unit = charCodeAt(text, i)
      if (unit < 0x80) continue
      if (unit < 0x800) bytes += 1
      else {
        bytes += 2
        if (unit < 0xd800 || unit > 0xdfff) continue
        const next = i + 1 < text.length ? charCodeAt(text, ++i) : 0
        if (unit > 0xdbff || next < 0xdc00 || next > 0xdfff) {
          fail('unsupported', 'a string with a lone surrogate')
        }
      }
    }
    return bytes
  }

  function putBytes(bytes: Uint8Array, length: number): void {
    fit(length)
    room(length + 5)
    if (length < 0x100) put8(0xc4, length)
    else if (length < 0x10000) put16(0xc5, length)
    else put32(0xc6, length)
    setBytes(buffer, bytes, at)
    at += length
    fit(0)
  }

  /** Head of an array (`fix` 0x90, `long` 0xdc) or a map (0x80, 0xde) of `count` items. */
  function putCount(fix: number, long: number, count: number): void {
    fit(count)
    room(5)
    if (count < 16) buffer[at++] = fix | count
    else if (count < 0x10000) put16(long, count)
    else put32(long + 1, count)
    fit(0)
  }

  function putByte(byte: number): void {
    room(1)
    buffer[at++] = byte
    fit(0)
  }

  /** The low 32 bits of an integer, big-endian. */
  function putWord(n: number): void {
    room(4)
    word(at, n)
    at += 4
  }

  /** Begins an extension whose size is not known yet; returns what `closeExtension` needs. */
  function openExtension(): number {
    // Reserves the shortest head, so that no limit is exceeded that the final form respects.
    room(2)
    at += 2
    return at
  }

  function closeExtension(start: number, type: number): void {
    const size = at - start
    const fixed = size === 1 || size === 2 || size === 4 || size === 8 || size === 16
    if (fixed) {
      at = start - 2
      buffer[at++] = 0xd4 + (size === 1 ? 0 : size === 2 ? 1 : size === 4 ? 2 : size === 8 ? 3 : 4)
    } else {
      const head = size < 0x100 ? 3 : size < 0x10000 ? 4 : 6
      room(4)
      copyWithin(buffer, start - 2 + head, start, at)
      at = start - 2
      if (size < 0x100) put8(0xc7, size)
      else if (size < 0x10000) put16(0xc8, size)
      else put32(0xc9, size)
    }
    buffer[at] = type
    at += 1 + size
    fit(0)
  }

  return {
    /** Starts an encoding of at most `limit` bytes. Returns the state with which `resume` continues the previous encoding. */
    begin(limit: number): WriterState {
      const state = { buffer, capacity, at, maxBytes }
      if (at > 0) {
        // Keeps the bytes that an outer use has written.
        capacity = firstBytes
        buffer = new Bytes(capacity)
      }
      at = 0
      maxBytes = limit
      return state
    },
    /** A copy of the bytes written since `begin`. */
    finish: (): Uint8Array<ArrayBuffer> => new Bytes(new Bytes(typedArrayBuffer(buffer), 0, at)),
    resume(state: WriterState): void {
      if (state.at > 0 || capacity > keptBytes) {
        buffer = state.buffer
        capacity = state.capacity
      }
      at = state.at
      maxBytes = state.maxBytes
    },
    fit,
    putByte,
    putWord,
    putNumber,
    putText,
    putBytes,
    putCount,
    openExtension,
    closeExtension,
  }
}
