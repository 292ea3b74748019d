/**
 * The reading half of the value codec. It accepts canonical bytes only, so that every value it returns encodes to the same bytes.
 * Self-contained: see `value-realm.ts`.
 */
import type { createExtensionReader } from './value-extensions.ts'
import type { ValueReader } from './value-reader.ts'
import type { ValueRealm } from './value-realm.ts'
import type { Value, ValueLimits } from './value-types.ts'

/** Reads one value. The result shares no memory with `bytes`. */
export type DecodeValue = (bytes: Uint8Array, limits?: Partial<ValueLimits>) => Value

export function createValueDecoder(
  realm: ValueRealm,
  reader: ValueReader,
  extensions: ReturnType<typeof createExtensionReader>,
  defaults: ValueLimits,
): DecodeValue {
  const { addMember, arrayIndex, arrayPrototype, defineProperty, getPrototypeOf, hasKey } = realm
  const { hasMember, hasOwn, MapOf, objectPrototype, SetOf, setEntry, two32, typedArrayName } =
    realm
  const { bad, fail, longForm, need, position, readByte, readBytes, readKeyText } = reader
  const { readNumber, readText, readUnsigned } = reader
  const { readBigint, readDate, readUndefined } = extensions

  let maxDepth = 0
  let maxBigintBytes = 0

  function read(depth: number): Value {
    const head = readByte()
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
        return readBytes(readUnsigned(1, 0))
      case 0xc5:
        return readBytes(readUnsigned(2, 0x100))
      case 0xc6:
        return readBytes(readUnsigned(4, 0x10000))
      case 0xc7:
        return readExtension(2, readUnsigned(1, 0), depth)
      case 0xc8:
        return readExtension(3, readUnsigned(2, 0x100), depth)
      case 0xc9:
        return readExtension(5, readUnsigned(4, 0x10000), depth)
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return readExtension(1, 1 << (head - 0xd4), depth)
      case 0xd9:
        return readText(readUnsigned(1, 0x20))
      case 0xda:
        return readText(readUnsigned(2, 0x100))
      case 0xdb:
        return readText(readUnsigned(4, 0x10000))
      case 0xdc:
        return readArray(readUnsigned(2, 0x10), depth)
      case 0xdd:
        return readArray(readUnsigned(4, 0x10000), depth)
      case 0xde:
        return readPlain(readUnsigned(2, 0x10), depth)
      case 0xdf:
        return readPlain(readUnsigned(4, 0x10000), depth)
      default:
        return readNumber(head)
    }
  }

  /** Enters a container at nesting level `depth`. */
  function enter(depth: number): number {
    if (depth < maxDepth) return depth + 1
    return fail('ERR_VMS_VALUE_TOO_DEEP', position() - 1, `more than ${maxDepth} levels`)
  }

  function readArray(length: number, depth: number): Value[] {
    const inner = enter(depth)
    need(length)
    const list: Value[] = []
    for (let i = 0; i < length; i++) {
      const item = read(inner)
      // An assignment defines the item unless a prototype has a property at that index.
      if (getPrototypeOf(arrayPrototype) === objectPrototype && !(i in arrayPrototype)) {
        list[i] = item
      } else define(list, i, item)
    }
    return list
  }

  function define(object: object, key: PropertyKey, value: Value): void {
    // The descriptor has no prototype; otherwise a `get` on Object.prototype would count as part of it.
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
      const start = position()
      const key = readKey(start)
      const index = arrayIndex(key)
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

  function readKey(start: number): string {
    const head = readByte()
    if (head >= 0xa0 && head < 0xc0) return readKeyText(head & 0x1f)
    if (head === 0xd9) return readKeyText(readUnsigned(1, 0x20))
    if (head === 0xda) return readText(readUnsigned(2, 0x100))
    if (head === 0xdb) return readText(readUnsigned(4, 0x10000))
    return bad(start, 'a key that is not a string')
  }

  /** Reads an extension. `headBytes`: bytes of its head, up to and including its size. */
  function readExtension(headBytes: number, size: number, depth: number): Value {
    const start = position() - headBytes
    if (headBytes === 2 && (size === 1 || size === 2 || size === 4 || size === 8 || size === 16)) {
      longForm(start)
    }
    const type = readByte()
    need(size)
    const stop = position() + size
    const value = readPayload(type, size, start, depth)
    if (position() !== stop) bad(start, 'an extension of another size than its content')
    return value
  }

  function readPayload(type: number, size: number, start: number, depth: number): Value {
    switch (type) {
      case 0:
        return readUndefined(size, start)
      case 1:
        return readBigint(size, start, maxBigintBytes)
      case 2:
        return readDate(size, start)
      case 3:
        return readMap(start, enter(depth))
      case 4:
        return readSet(enter(depth))
      default:
        return bad(start, 'an extension of unknown type')
    }
  }

  /** Length of the array that encodes a Map or Set. */
  function readCount(): number {
    const start = position()
    const head = readByte()
    const count =
      head >= 0x90 && head < 0xa0
        ? head & 0x0f
        : head === 0xdc
          ? readUnsigned(2, 0x10)
          : head === 0xdd
            ? readUnsigned(4, 0x10000)
            : bad(start, 'a Map or Set whose content is no array')
    need(count)
    return count
  }

  function readMap(start: number, depth: number): Map<Value, Value> {
    const count = readCount()
    if (count % 2 !== 0) bad(start, 'a Map with a key and no value')
    const map = new MapOf<Value, Value>()
    for (let i = 0; i < count; i += 2) {
      const key = readUnique(depth, hasKey, map)
      setEntry(map, key, read(depth))
    }
    return map
  }

  function readSet(depth: number): Set<Value> {
    const count = readCount()
    const set = new SetOf<Value>()
    for (let i = 0; i < count; i++) addMember(set, readUnique(depth, hasMember, set))
    return set
  }

  /** Reads a key of a Map or a member of a Set. Refuses a duplicate, and −0, which both turn into 0. */
  function readUnique(depth: number, has: typeof hasKey, owner: object): Value {
    const start = position()
    const value = read(depth)
    if (has(owner, value)) bad(start, 'a key or member that is there twice')
    if (value === 0 && 1 / value < 0) bad(start, 'a key or member −0')
    return value
  }

  function bound(limits: Partial<ValueLimits> | undefined, name: keyof ValueLimits): number {
    const given = limits !== undefined && hasOwn(limits, name) ? limits[name] : undefined
    return given ?? defaults[name]
  }

  return (bytes, limits) => {
    if (typedArrayName(bytes) !== 'Uint8Array') bad(0, 'not a Uint8Array')
    const maxBytes = bound(limits, 'maxBytes')
    maxDepth = bound(limits, 'maxDepth')
    maxBigintBytes = bound(limits, 'maxBigintBytes')
    const length = reader.begin(bytes)
    try {
      if (length > maxBytes)
        fail('ERR_VMS_VALUE_TOO_LARGE', maxBytes, `more than ${maxBytes} bytes`)
      const value = read(0)
      if (position() !== length) bad(position(), 'bytes after the value')
      return value
    } finally {
      reader.release()
    }
  }
}
