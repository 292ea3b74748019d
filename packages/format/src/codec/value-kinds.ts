/** Tells apart the kinds of objects that have an encoding, without running code of the objects. Self-contained: see `value-realm.ts`. */
import type { createValueFaults, FailToEncode } from './value-faults.ts'
import type { ValueRealm } from './value-realm.ts'

export type ObjectKind = 'bytes' | 'array' | 'plain' | 'date' | 'map' | 'set'

export function createValueKinds(realm: ValueRealm, faults: ReturnType<typeof createValueFaults>) {
  const { arrayPrototype, datePrototype, mapPrototype, objectPrototype, setPrototype } = realm
  const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols } = realm
  const { getPrototypeOf, getTime, hasOwn, isArray, mapSize, setSize, typedArrayName } = realm
  const { cut } = faults
  const fail: FailToEncode = faults.fail

  return function kindOf(value: object): ObjectKind {
    if (typedArrayName(value) === 'Uint8Array') return 'bytes'
    const prototype = getPrototypeOf(value) as object | null
    if (isArray(value)) {
      if (prototype !== arrayPrototype && !isForeign(prototype)) refuse(prototype)
      return 'array'
    }
    if (prototype === objectPrototype || prototype === null || isRoot(prototype)) return 'plain'
    return builtInKind(value, prototype)
  }

  function builtInKind(value: object, prototype: object): ObjectKind {
    // Asked in the order that throws least. A class's method is what tells a real instance from an object that only looks like one.
    const foreign = isForeign(prototype)
    if ((foreign || prototype === mapPrototype) && answers(mapSize, value))
      return onlyContent(value, 'map')
    if ((foreign || prototype === setPrototype) && answers(setSize, value))
      return onlyContent(value, 'set')
    if ((foreign || prototype === datePrototype) && answers(getTime, value as Date))
      return onlyContent(value, 'date')
    return refuse(prototype)
  }

  function answers<Self>(method: (self: Self) => number, object: Self): boolean {
    try {
      method(object)
      return true
    } catch {
      return false
    }
  }

  /** Refuses own properties of a Map, Set or Date, because the encoding would lose them. */
  function onlyContent(value: object, kind: ObjectKind): ObjectKind {
    if (getOwnPropertyNames(value).length !== 0 || getOwnPropertySymbols(value).length !== 0) {
      fail(
        'unsupported',
        `a ${kind === 'map' ? 'Map' : kind === 'set' ? 'Set' : 'Date'} with properties of its own`,
      )
    }
    return kind
  }

  /** Whether this is the Object.prototype of another realm (a vm context, such as a REPL's, or a frame). */
  function isRoot(prototype: object): boolean {
    return (
      getPrototypeOf(prototype) === null &&
      hasOwn(prototype, 'hasOwnProperty') &&
      hasOwn(prototype, 'isPrototypeOf')
    )
  }

  /** Whether this may be the prototype of a built-in class of another realm. A class that extends one does not count. */
  function isForeign(prototype: object | null): boolean {
    const parent = prototype === null ? null : (getPrototypeOf(prototype) as object | null)
    return parent !== null && parent !== objectPrototype && isRoot(parent)
  }

  function refuse(prototype: object | null): never {
    const maker = prototype === null ? undefined : ownValue(prototype, 'constructor')
    const name = typeof maker === 'function' ? ownValue(maker, 'name') : undefined
    const named = typeof name === 'string' && name !== ''
    fail(
      'unsupported',
      named ? `an instance of ${cut(name)}` : 'an object with a prototype of its own',
    )
  }

  /** Value of an own data property: no getter runs. */
  function ownValue(object: object, name: string): unknown {
    const property = getOwnPropertyDescriptor(object, name)
    return property !== undefined && hasOwn(property, 'value') ? property.value : undefined
  }
}
