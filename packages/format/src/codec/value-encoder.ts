/** The writing half of the value codec: walks a value and checks every part of it. Self-contained: see `value-realm.ts`. */
import type { createExtensionWriter } from './value-extensions.ts'
import type { createValueFaults, FailToEncode } from './value-faults.ts'
import type { createValueKinds } from './value-kinds.ts'
import type { ValueRealm } from './value-realm.ts'
import type { ValueLimits } from './value-types.ts'
import type { ValueWriter } from './value-writer.ts'

/** Writes a value in its canonical form. */
export type EncodeValue = (value: unknown, limits?: Partial<ValueLimits>) => Uint8Array

export function createValueEncoder(
  realm: ValueRealm,
  faults: ReturnType<typeof createValueFaults>,
  kindOf: ReturnType<typeof createValueKinds>,
  writer: ValueWriter,
  extensions: ReturnType<typeof createExtensionWriter>,
  defaults: ValueLimits,
): EncodeValue {
  const { arrayIndex, eachOfMap, eachOfSet, getOwnPropertyDescriptor, getOwnPropertyNames } = realm
  const { getOwnPropertySymbols, getTime, hasOwn, keysOf, mapSize, setSize, two32 } = realm
  const { typedArrayLength } = realm
  const { explain, keyStep, outward } = faults
  const fail: FailToEncode = faults.fail
  const { closeExtension, fit, openExtension, putByte, putBytes, putCount, putNumber, putText } =
    writer
  const { putBigint, putDate, putUndefined } = extensions

  let maxDepth = 0
  let maxBigintBytes = 0

  function write(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        putText(value)
        break
      case 'number':
        putNumber(value)
        break
      case 'boolean':
        putByte(value ? 0xc3 : 0xc2)
        break
      case 'undefined':
        putUndefined()
        break
      case 'bigint':
        putBigint(value, maxBigintBytes)
        break
      case 'object':
        if (value === null) putByte(0xc0)
        else writeObject(value, depth)
        break
      default:
        fail('unsupported', `a ${typeof value}`)
    }
  }

  function writeObject(value: object, depth: number): void {
    const kind = kindOf(value)
    switch (kind) {
      case 'bytes':
        putBytes(value as Uint8Array, typedArrayLength(value))
        break
      case 'date':
        putDate(getTime(value as Date))
        break
      case 'array':
        writeArray(value as unknown[], enter(value, depth))
        break
      case 'plain':
        writePlain(value, enter(value, depth))
        break
      case 'map':
        writeMap(value, enter(value, depth))
        break
      case 'set':
        writeSet(value, enter(value, depth))
        break
      default:
        kind satisfies never
    }
  }

  /** Enters a container at nesting level `depth`. */
  function enter(container: object, depth: number): number {
    if (depth < maxDepth) return depth + 1
    try {
      return fail('deep', `more than ${maxDepth} levels`)
    } catch (error) {
      throw outward(error, container, '')
    }
  }

  function writeArray(list: unknown[], depth: number): void {
    const { length } = list
    if (typeof length !== 'number' || length >>> 0 !== length) {
      fail('unsupported', 'a proxy of an array')
    }
    // Checks the size before the keys are listed, because a script may make an array longer than memory.
    fit(length)
    // If there are as many keys as items, and the last key is the last index, the keys are exactly the indexes.
    const names = keysOf(list)
    const regular =
      names.length === length && (length === 0 || names[length - 1] === `${length - 1}`)
    if (!regular || getOwnPropertySymbols(list).length !== 0) refuseArray(list, length)
    putCount(0x90, 0xdc, length)
    let i = 0
    try {
      for (; i < length; i++) write(list[i], depth)
    } catch (error) {
      throw outward(error, list, `[${i}]`)
    }
  }

  function refuseArray(list: unknown[], length: number): never {
    for (let i = 0; i < length; i++) {
      if (!hasOwn(list, i)) fail('unsupported', 'an array with a hole')
    }
    return fail('unsupported', 'an array with properties of its own')
  }

  function writePlain(object: object, depth: number): void {
    const names = getOwnPropertyNames(object)
    if (getOwnPropertySymbols(object).length !== 0) fail('unsupported', 'a symbol key')
    putCount(0x80, 0xde, names.length)
    let name = ''
    let previous = -1
    try {
      for (let i = 0; i < names.length; i++) {
        name = names[i] as string
        const index = arrayIndex(name)
        // The language orders indexes first and ascending. Only a proxy can give another order, which no reader could keep.
        if (index < 0) previous = two32
        else if (index > previous) previous = index
        else fail('unsupported', 'an index key out of order')
        const property = getOwnPropertyDescriptor(object, name)
        if (property === undefined || !hasOwn(property, 'value')) {
          fail('unsupported', 'an accessor property')
        }
        if (!property.enumerable) fail('unsupported', 'a property that is not enumerable')
        putText(name)
        write(property.value, depth)
      }
    } catch (error) {
      throw outward(error, object, keyStep(name))
    }
  }

  function writeMap(map: object, depth: number): void {
    const size = mapSize(map)
    const start = openExtension()
    putCount(0x90, 0xdc, 2 * size)
    let i = 0
    let part = 'key'
    try {
      eachOfMap(map, (value, key) => {
        if (i === size) fail('unsupported', 'a Map that changes while it is read')
        part = 'key'
        write(key, depth)
        part = 'value'
        write(value, depth)
        i += 1
      })
      if (i !== size) fail('unsupported', 'a Map that changes while it is read')
    } catch (error) {
      throw outward(error, map, `<${part} ${i}>`)
    }
    closeExtension(start, 3)
  }

  function writeSet(set: object, depth: number): void {
    const size = setSize(set)
    const start = openExtension()
    putCount(0x90, 0xdc, size)
    let i = 0
    try {
      eachOfSet(set, (member) => {
        if (i === size) fail('unsupported', 'a Set that changes while it is read')
        write(member, depth)
        i += 1
      })
      if (i !== size) fail('unsupported', 'a Set that changes while it is read')
    } catch (error) {
      throw outward(error, set, `<member ${i}>`)
    }
    closeExtension(start, 4)
  }

  function bound(limits: Partial<ValueLimits> | undefined, name: keyof ValueLimits): number {
    const given = limits !== undefined && hasOwn(limits, name) ? limits[name] : undefined
    return given ?? defaults[name]
  }

  return (value, limits) => {
    // A proxy's trap may call the encoder again while it writes a value.
    const outerDepth = maxDepth
    const outerBigintBytes = maxBigintBytes
    const outer = writer.begin(bound(limits, 'maxBytes'))
    maxDepth = bound(limits, 'maxDepth')
    maxBigintBytes = bound(limits, 'maxBigintBytes')
    try {
      write(value, 0)
      return writer.finish()
    } catch (error) {
      throw explain(error)
    } finally {
      maxDepth = outerDepth
      maxBigintBytes = outerBigintBytes
      writer.resume(outer)
    }
  }
}
