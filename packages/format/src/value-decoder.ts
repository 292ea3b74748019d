/**
 * The reading half of the value codec: accepts canonical bytes only, so that whatever it returns encodes to the same bytes again.
 *
 * Self-contained, like the encoder: see `value-encoder.ts` for why and how.
 */
import type { MakeValueError, ValueProblem } from './value-error.ts'
import type { Value, ValueLimits } from './value-types.ts'

/** Reads one value. Throws what `makeError` makes. The result shares no memory with `bytes`. */
export type DecodeValue = (bytes: Uint8Array, limits?: Partial<ValueLimits>) => Value

export function createValueDecoder(makeError: MakeValueError, defaults: ValueLimits): DecodeValue {
  const uncurry = Function.prototype.bind.bind(Function.prototype.call) as <
    Self,
    Args extends unknown[],
    Result,
  >(
    method: (this: Self, ...args: Args) => Result,
  ) => (self: Self, ...args: Args) => Result
  const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn, prototype: objectPrototype } = Object
  const { defineProperty } = Reflect
  const arrayPrototype = Array.prototype
  const { fromCharCode, fromCodePoint } = String
  const { floor } = Math
  const toBigint = BigInt
  const DateOf = Date
  const MapOf = Map
  const SetOf = Set
  const Bytes = Uint8Array
  const charCodeAt = uncurry(String.prototype.charCodeAt)
  const hasKey = uncurry(MapOf.prototype.has)
  const setEntry = uncurry(MapOf.prototype.set)
  const hasMember = uncurry(SetOf.prototype.has)
  const addMember = uncurry(SetOf.prototype.add)
  const setBytes = uncurry(Bytes.prototype.set)
  const typedArrayPrototype = getPrototypeOf(Bytes.prototype) as object
  const getter = <Result>(name: PropertyKey) =>
    uncurry(getOwnPropertyDescriptor(typedArrayPrototype, name)?.get as (this: unknown) => Result)
  const typedArrayName = getter<string | undefined>(Symbol.toStringTag)
  const typedArrayLength = getter<number>('length')
  const typedArrayBuffer = getter<ArrayBuffer>('buffer')
  const typedArrayOffset = getter<number>('byteOffset')

  const maxSafe = 2 ** 53 - 1
  const two32 = 2 ** 32
  /** Milliseconds that a Date can hold, either side of 1970. */
  const maxTime = 8.64e15
  const float = new Float64Array(1)
  const floatBytes = new Bytes(float.buffer)
  float[0] = -2
  const littleEndian = floatBytes[0] === 0
  const nothing = new Bytes(0)
  const ascii: string[] = []
  for (let i = 0; i < 128; i++)
    defineProperty(ascii, i, { __proto__: null, value: fromCharCode(i) } as object)

  let input = nothing as Uint8Array
  let at = 0
  let end = 0
  let maxDepth = 0
  let maxBigintBytes = 0

  function fail(code: ValueProblem['code'], offset: number, reason: string): never {
    throw makeError({ code, message: `cannot decode byte ${offset}: ${reason}`, offset, reason })
  }

  function bad(offset: number, reason: string): never {
    fail('ERR_VMS_BAD_ENCODING', offset, reason)
  }

  /** Refuses sizes that run past the end before anything is made for them. */
  function need(bytes: number): void {
    if (bytes > end - at) bad(end, 'the bytes end here, inside a value')
  }

  /** Unsigned big-endian integer of `size` ≤ 4 bytes. Refuses one below `least`, which has a shorter form. */
  function unsigned(size: number, least: number): number {
    need(size)
    let n = 0
    for (let i = 0; i < size; i++) n = n * 0x100 + (input[at++] as number)
    if (n < least) longForm(at - size - 1)
    return n
  }

  function longForm(offset: number): never {
    bad(offset, 'not the shortest form')
  }

  function read(depth: number): Value {
    need(1)
    const start = at
    const head = input[at++] as number
    if (head < 0x80) return head
    if (head >= 0xe0) return head - 0x100
    if (head < 0x90) return readPlain(head & 0x0f, depth)
    if (head < 0xa0) return readArray(head & 0x0f, depth)
    if (head < 0xc0) return readText(head & 0x1f)
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
        return readBytes(unsigned(1, 0))
      case 0xc5:
        return readBytes(unsigned(2, 0x100))
      case 0xc6:
        return readBytes(unsigned(4, 0x10000))
      case 0xc7:
        return readExtension(unsigned(1, 0), start, depth)
      case 0xc8:
        return readExtension(unsigned(2, 0x100), start, depth)
      case 0xc9:
        return readExtension(unsigned(4, 0x10000), start, depth)
      case 0xcb:
        return readFloat(start)
      case 0xcc:
        return unsigned(1, 0x80)
      case 0xcd:
        return unsigned(2, 0x100)
      case 0xce:
        return unsigned(4, 0x10000)
      case 0xcf:
        return readLong(unsigned(4, 1), start)
      case 0xd0:
        return negative(unsigned(1, 0) - 0x100, -0x20, start)
      case 0xd1:
        return negative(unsigned(2, 0) - 0x10000, -0x80, start)
      case 0xd2:
        return negative(unsigned(4, 0) - two32, -0x8000, start)
      case 0xd3:
        return negative(readLong(unsigned(4, 0) - two32, start), -0x80000000, start)
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return readExtension(1 << (head - 0xd4), start, depth)
      case 0xd9:
        return readText(unsigned(1, 0x20))
      case 0xda:
        return readText(unsigned(2, 0x100))
      case 0xdb:
        return readText(unsigned(4, 0x10000))
      case 0xdc:
        return readArray(unsigned(2, 0x10), depth)
      case 0xdd:
        return readArray(unsigned(4, 0x10000), depth)
      case 0xde:
        return readPlain(unsigned(2, 0x10), depth)
      case 0xdf:
        return readPlain(unsigned(4, 0x10000), depth)
      default:
        bad(start, 'a form that is not used')
    }
  }

  function readLong(high: number, start: number): number {
    const n = high * two32 + unsigned(4, 0)
    if (n > maxSafe || n < -maxSafe) bad(start, 'an integer beyond 2^53 − 1')
    return n
  }

  /** Refuses a signed form whose number is not below `limit`: positive, or one that has a shorter form. */
  function negative(n: number, limit: number, start: number): number {
    if (n >= limit) longForm(start)
    return n
  }

  function readFloat(start: number): number {
    need(8)
    for (let i = 0; i < 8; i++) floatBytes[littleEndian ? 7 - i : i] = input[at + i] as number
    at += 8
    const n = float[0] as number
    if (n !== n) {
      let rest = (input[at - 8] as number) ^ 0x7f
      rest |= (input[at - 7] as number) ^ 0xf8
      for (let i = at - 6; i < at; i++) rest |= input[i] as number
      if (rest !== 0) bad(start, 'a NaN other than 7ff8000000000000')
    } else if (floor(n) === n && n >= -maxSafe && n <= maxSafe && (n !== 0 || 1 / n > 0)) {
      longForm(start)
    }
    return n
  }

  function readBytes(length: number): Uint8Array {
    need(length)
    const bytes = new Bytes(length)
    setBytes(bytes, new Bytes(typedArrayBuffer(input), typedArrayOffset(input) + at, length), 0)
    at += length
    return bytes
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

  /** One character outside ASCII, in the shortest form that UTF-8 has for it. */
  function readWide(first: number, stop: number): string {
    const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0
    if (size === 0 || size > stop - at) badText()
    let point = size === 2 ? first & 0x1f : size === 3 ? first & 0x0f : first & 0x07
    for (let i = 1; i < size; i++) {
      const next = input[at + i] as number
      if ((next & 0xc0) !== 0x80) badText()
      point = (point << 6) | (next & 0x3f)
    }
    if (size === 3 && (point < 0x800 || (point >= 0xd800 && point <= 0xdfff))) badText()
    if (size === 4 && (point < 0x10000 || point > 0x10ffff)) badText()
    at += size
    return size === 4 ? fromCodePoint(point) : fromCharCode(point)
  }

  function badText(): never {
    bad(at, 'not well-formed UTF-8')
  }

  function enter(depth: number): number {
    if (depth >= maxDepth) fail('ERR_VMS_VALUE_TOO_DEEP', at - 1, `more than ${maxDepth} levels`)
    return depth + 1
  }

  function readArray(length: number, depth: number): Value[] {
    const inner = enter(depth)
    need(length)
    const list: Value[] = []
    for (let i = 0; i < length; i++) {
      const item = read(inner)
      // A plain assignment is exact as long as no prototype has a setter (or anything else) at that index.
      if (getPrototypeOf(arrayPrototype) === objectPrototype && !(i in arrayPrototype))
        list[i] = item
      else define(list, i, item)
    }
    return list
  }

  function define(object: object, key: PropertyKey, value: Value): void {
    const property = {
      __proto__: null,
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    }
    defineProperty(object, key, property as object)
  }

  function readPlain(size: number, depth: number): { [key: string]: Value } {
    const inner = enter(depth)
    need(2 * size)
    const object: { [key: string]: Value } = {}
    let previous = -1
    for (let i = 0; i < size; i++) {
      const start = at
      const head = input[at] as number
      if ((head < 0xa0 || head > 0xbf) && (head < 0xd9 || head > 0xdb))
        bad(start, 'a key that is not a string')
      const key = read(inner) as string
      const index = indexOf(key)
      if (index < 0) previous = two32
      else if (index > previous) previous = index
      else bad(start, 'an index key out of order')
      if (hasOwn(object, key)) bad(start, 'a key that is there twice')
      const value = read(inner)
      if (key in objectPrototype) define(object, key, value)
      else object[key] = value
    }
    return object
  }

  /** The array index that a key is, or −1. Objects keep these keys first and ascending, whatever order they were added in. */
  function indexOf(key: string): number {
    const { length } = key
    const first = length === 0 || length > 10 ? 0 : charCodeAt(key, 0) - 0x30
    if (first < 1 || first > 9) return key === '0' ? 0 : -1
    let index = first
    for (let i = 1; i < length; i++) {
      const next = charCodeAt(key, i) - 0x30
      if (next < 0 || next > 9) return -1
      index = 10 * index + next
    }
    return index < two32 - 1 ? index : -1
  }

  function readExtension(size: number, start: number, depth: number): Value {
    const long = at - start === 2
    if (long && (size === 1 || size === 2 || size === 4 || size === 8 || size === 16))
      longForm(start)
    need(1 + size)
    const type = input[at++] as number
    const stop = at + size
    const value = readPayload(type, size, start, depth)
    if (at !== stop) bad(start, 'an extension of another size than its content')
    return value
  }

  function readPayload(type: number, size: number, start: number, depth: number): Value {
    switch (type) {
      case 0:
        if (size !== 1 || input[at] !== 0) bad(start, 'an undefined of another form')
        at += 1
        return undefined
      case 1:
        return readBigint(size, start)
      case 2:
        return readDate(size, start)
      case 3:
        return readMap(start, depth)
      case 4:
        return readSet(start, depth)
      default:
        bad(start, 'an extension of unknown type')
    }
  }

  function readBigint(size: number, start: number): bigint {
    if (size > maxBigintBytes)
      fail('ERR_VMS_VALUE_TOO_LARGE', start, `a bigint of more than ${maxBigintBytes} bytes`)
    if (size === 0) bad(start, 'a bigint without bytes')
    const first = input[at] as number
    const flip = first < 0x80 ? 0 : 0xff
    // The first byte must say more than the sign, which the second shows as well.
    if (size > 1 && first === flip && ((input[at + 1] as number) ^ flip) < 0x80) longForm(start)
    let digits = '0x'
    for (let i = 0; i < size; i++) {
      const byte = (input[at++] as number) ^ flip
      digits += hexadecimal(byte >> 4) + hexadecimal(byte & 0x0f)
    }
    const n = toBigint(digits)
    return flip === 0 ? n : ~n
  }

  function hexadecimal(digit: number): string {
    return ascii[digit < 10 ? 0x30 + digit : 0x57 + digit] as string
  }

  function readDate(size: number, start: number): Date {
    if (size !== 8) bad(start, 'a Date of another size than 8 bytes')
    const high = unsigned(4, 0)
    const low = unsigned(4, 0)
    if (high === 0x80000000 && low === 0) return new DateOf(Number.NaN)
    const time = (high < 0x80000000 ? high : high - two32) * two32 + low
    if (time > maxTime || time < -maxTime) bad(start, 'a time that no Date can hold')
    return new DateOf(time)
  }

  /** Count of the array that the payload of a Map or Set is. */
  function readCount(): number {
    const start = at
    const head = input[at++] as number
    const count =
      head >= 0x90 && head < 0xa0
        ? head & 0x0f
        : head === 0xdc
          ? unsigned(2, 0x10)
          : head === 0xdd
            ? unsigned(4, 0x10000)
            : -1
    if (count < 0) bad(start, 'not an array, inside a Map or Set')
    need(count)
    return count
  }

  function readMap(start: number, depth: number): Map<Value, Value> {
    const inner = enter(depth)
    const count = readCount()
    if (count % 2 !== 0) bad(start, 'a Map with a key and no value')
    const map = new MapOf<Value, Value>()
    for (let i = 0; i < count; i += 2) {
      const key = readUnique(inner, hasKey as (map: object, key: Value) => boolean, map)
      setEntry(map, key, read(inner))
    }
    return map
  }

  function readSet(_start: number, depth: number): Set<Value> {
    const inner = enter(depth)
    const count = readCount()
    const set = new SetOf<Value>()
    for (let i = 0; i < count; i++)
      addMember(set, readUnique(inner, hasMember as (set: object, member: Value) => boolean, set))
    return set
  }

  /** A key of a Map or member of a Set: not one that is there already, nor −0, which they turn into 0. */
  function readUnique<Owner>(
    inner: number,
    has: (owner: Owner, value: Value) => boolean,
    owner: Owner,
  ): Value {
    const start = at
    const value = read(inner)
    if (has(owner, value)) bad(start, 'a key or member that is there twice')
    if (value === 0 && 1 / value < 0) bad(start, 'a key or member −0')
    return value
  }

  function bound(limits: Partial<ValueLimits> | undefined, name: keyof ValueLimits): number {
    return limits !== undefined && hasOwn(limits, name)
      ? (limits[name] ?? defaults[name])
      : defaults[name]
  }

  return (bytes, limits) => {
    if (typedArrayName(bytes) !== 'Uint8Array') bad(0, 'not a Uint8Array')
    const maxBytes = bound(limits, 'maxBytes')
    input = bytes
    at = 0
    end = typedArrayLength(bytes)
    maxDepth = bound(limits, 'maxDepth')
    maxBigintBytes = bound(limits, 'maxBigintBytes')
    try {
      if (end > maxBytes) fail('ERR_VMS_VALUE_TOO_LARGE', maxBytes, `more than ${maxBytes} bytes`)
      const value = read(0)
      if (at !== end) bad(at, 'bytes after the value')
      return value
    } finally {
      input = nothing
    }
  }
}
