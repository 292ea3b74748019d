/**
 * Writes the parts of an encoding (heads, numbers, text, bytes, bigints) into one growing buffer, always in the shortest form.
 *
 * Self-contained, like the encoder that uses it: see `value-encoder.ts` for why and how.
 */

/** Refuses what is being written. */
export type FailToWrite = (code: 'unsupported' | 'large' | 'deep', found: string) => never

/** Where a writer stands; kept while a nested use of it goes on. */
export interface WriterState {
  readonly buffer: Uint8Array<ArrayBuffer>
  readonly at: number
  readonly maxBytes: number
}

export interface ValueWriter {
  /** Starts a new encoding and returns what {@link ValueWriter.resume} needs to go on with the one before. */
  begin(maxBytes: number): WriterState
  /** The bytes written since `begin`, copied. */
  finish(): Uint8Array
  resume(state: WriterState): void
  /** One byte that is a whole value: nil, false, true. */
  putByte(byte: number): void
  putNumber(n: number): void
  putText(text: string): void
  putBytes(bytes: Uint8Array, length: number): void
  /** The extension that stands for undefined. */
  putUndefined(): void
  putDate(milliseconds: number): void
  putBigint(n: bigint, maxBigintBytes: number): void
  /** Head of an array (`fix` 0x90, `long` 0xdc) or a map (0x80, 0xde) of `count` items. */
  putCount(fix: number, long: number, count: number): void
  /** Begins an extension whose size is not known yet; returns what `closeExtension` needs. */
  openExtension(): number
  closeExtension(start: number, type: number): void
}

export function createValueWriter(fail: FailToWrite): ValueWriter {
  const uncurry = Function.prototype.bind.bind(Function.prototype.call) as <
    Self,
    Args extends unknown[],
    Result,
  >(
    method: (this: Self, ...args: Args) => Result,
  ) => (self: Self, ...args: Args) => Result
  const { floor } = Math
  const { asIntN } = BigInt
  const Bytes = Uint8Array
  const charCodeAt = uncurry(String.prototype.charCodeAt)
  const bigintText = uncurry(BigInt.prototype.toString)
  const setBytes = uncurry(Bytes.prototype.set)
  const copyWithin = uncurry(Bytes.prototype.copyWithin)

  const maxSafe = 2 ** 53 - 1
  const two32 = 2 ** 32
  const float = new Float64Array(1)
  const floatBytes = new Bytes(float.buffer)
  float[0] = -2
  const littleEndian = floatBytes[0] === 0
  /** Capacity that is kept between calls; a larger buffer is let go, so that one large value does not hold memory for ever. */
  const keptBytes = 65_536

  let buffer = new Bytes(4096)
  let at = 0
  let maxBytes = 0

  /** Refuses what cannot fit any more, before memory is taken for it. */
  function fit(bytes: number): void {
    if (bytes > maxBytes - at) fail('large', `more than ${maxBytes} bytes`)
  }

  function room(bytes: number): void {
    const needed = at + bytes
    if (needed <= buffer.length) return
    let capacity = buffer.length * 2
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
    for (let i = 0; i < 8; i++) buffer[at + 1 + i] = floatBytes[littleEndian ? 7 - i : i] as number
    if (n !== n) {
      // A NaN has bits that the language does not show: one pattern stands for all.
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

  /** Text with characters outside ASCII. Measured first: its head says how many bytes follow. */
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

  function putCount(fix: number, long: number, count: number): void {
    fit(count)
    room(5)
    if (count < 16) buffer[at++] = fix | count
    else if (count < 0x10000) put16(long, count)
    else put32(long + 1, count)
    fit(0)
  }

  function openExtension(): number {
    room(3)
    at += 3
    return at
  }

  function closeExtension(start: number, type: number): void {
    const size = at - start
    const fixed = size === 1 || size === 2 || size === 4 || size === 8 || size === 16
    const head = fixed ? 2 : size < 0x100 ? 3 : size < 0x10000 ? 4 : 6
    if (head !== 3) {
      room(3)
      copyWithin(buffer, start - 3 + head, start, at)
    }
    at = start - 3
    if (fixed)
      buffer[at++] =
        size === 1 ? 0xd4 : size === 2 ? 0xd5 : size === 4 ? 0xd6 : size === 8 ? 0xd7 : 0xd8
    else if (size < 0x100) put8(0xc7, size)
    else if (size < 0x10000) put16(0xc8, size)
    else put32(0xc9, size)
    buffer[at] = type
    at += 1 + size
    fit(0)
  }

  function putUndefined(): void {
    room(3)
    put8(0xd4, 0)
    buffer[at++] = 0
    fit(0)
  }

  function putDate(milliseconds: number): void {
    room(10)
    put8(0xd7, 2)
    const valid = milliseconds === milliseconds
    word(at, valid ? floor(milliseconds / two32) : 0x80000000)
    word(at + 4, valid ? milliseconds : 0)
    at += 8
    fit(0)
  }

  function putBigint(n: bigint, maxBigintBytes: number): void {
    if (asIntN(8 * maxBigintBytes, n) !== n)
      fail('large', `a bigint of more than ${maxBigintBytes} bytes`)
    // A negative n is the complement of −n−1, bit for bit: write that one, inverted.
    const flip = n < 0n ? 0xff : 0
    const digits = bigintText(n < 0n ? ~n : n, 16)
    // One bit more than the digits need, for the sign: a leading digit below 8 leaves it free.
    const bits = 4 * digits.length + (digit(digits, 0) < 8 ? 0 : 1)
    const size = (bits + 7) >>> 3
    fit(size)
    const start = openExtension()
    room(size)
    let from = digits.length
    for (let to = start + size - 1; to >= start; to--) {
      const low = digit(digits, --from)
      buffer[to] = (low | (digit(digits, --from) << 4)) ^ flip
    }
    at = start + size
    closeExtension(start, 1)
  }

  /** Value of the hexadecimal digit at `index`; 0 before the first one. */
  function digit(digits: string, index: number): number {
    if (index < 0) return 0
    const unit = charCodeAt(digits, index)
    return unit < 0x3a ? unit - 0x30 : unit - 0x57
  }

  return {
    begin(limit) {
      const state = { buffer, at, maxBytes }
      // What an outer use has written must stay as it is.
      if (at > 0) buffer = new Bytes(4096)
      at = 0
      maxBytes = limit
      return state
    },
    finish: () => new Bytes(new Bytes(buffer.buffer, 0, at)),
    resume(state) {
      if (state.at > 0 || buffer.length > keptBytes) buffer = state.buffer
      at = state.at
      maxBytes = state.maxBytes
    },
    putByte(byte) {
      room(1)
      buffer[at++] = byte
      fit(0)
    },
    putNumber,
    putText,
    putBytes,
    putUndefined,
    putDate,
    putBigint,
    putCount,
    openExtension,
    closeExtension,
  }
}
