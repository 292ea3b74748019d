/** Any msgpack reader can read a value. msgpackr stands for them, with the five extensions taught to it. */
import { encodeValue, type Value } from '@vms/format'
import fc from 'fast-check'
import { addExtension, Unpackr } from 'msgpackr'
import { expect, test } from 'vitest'
import { arbitraryValue, sameValue } from './arbitrary-value.ts'

const reader = new Unpackr({ mapsAsObjects: false, int64AsType: 'number', useRecords: false })

addExtension({
  type: 1,
  unpack: (bytes: Uint8Array) =>
    BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`)),
})
addExtension({
  type: 2,
  unpack(bytes: Uint8Array) {
    const time = Buffer.from(bytes).readBigInt64BE()
    return new Date(time === -(2n ** 63n) ? Number.NaN : Number(time))
  },
})
// msgpackr has its own records at 0x40 and up; these small types are free for us.
addExtension({
  type: 3,
  unpack: (bytes: Uint8Array) => new Pairs(reader.unpack(bytes) as unknown[]),
})
addExtension({ type: 4, unpack: (bytes: Uint8Array) => new Set(reader.unpack(bytes) as unknown[]) })

class Pairs {
  readonly items: unknown[]
  constructor(items: unknown[]) {
    this.items = items
  }
}

/** With `mapsAsObjects: false` a msgpack map arrives as a Map: that is our plain object. */
function translated(value: unknown): Value {
  if (value instanceof Pairs) {
    const map = new Map<Value, Value>()
    for (let i = 0; i < value.items.length; i += 2)
      map.set(translated(value.items[i]), translated(value.items[i + 1]))
    return map
  }
  if (value instanceof Map) {
    const object: { [key: string]: Value } = {}
    for (const [key, item] of value as Map<string, unknown>) {
      Object.defineProperty(object, key, {
        value: translated(item),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return object
  }
  if (value instanceof Set) return new Set([...value].map(translated))
  if (Array.isArray(value)) return value.map(translated)
  if (value instanceof Uint8Array) return new Uint8Array(value)
  return value as Value
}

test('msgpackr reads every value', () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      expect(sameValue(translated(reader.unpack(encodeValue(value))), value)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
