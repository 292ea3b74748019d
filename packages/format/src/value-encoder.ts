/**
 * The writing half of the value codec: walks a value, checks every part of it, and names the path of what has no encoding.
 *
 * Self-contained: the source text of this function (and of the other `create…` functions of the codec) is also evaluated inside a script's realm, before
 * the script runs (see `guest.ts`). It refers to nothing outside itself, and takes hold of every intrinsic that it needs when it is created, so that
 * nothing a script does later to prototypes and globals changes what is written or gets to run in between. That is why there is no `for…of`, spread,
 * destructuring of arrays or regular expression in here, and why descriptors are asked with `hasOwn`. (Traps of a proxy do run, and an accessor on an
 * array's index: the language cannot tell them apart. They run in the realm of whoever passed the value, and see nothing of ours.)
 */
import type { MakeValueError, ValueProblem } from './value-error.ts'
import type { ValueLimits } from './value-types.ts'
import type { createValueWriter, FailToWrite } from './value-writer.ts'

/** Writes a value in its canonical form. Throws what `makeError` makes. */
export type EncodeValue = (value: unknown, limits?: Partial<ValueLimits>) => Uint8Array

export function createValueEncoder(
  createWriter: typeof createValueWriter,
  makeError: MakeValueError,
  defaults: ValueLimits,
): EncodeValue {
  type Trail = { container: object; rest: string; inner: Trail | null }
  type Failure = {
    code: Parameters<FailToWrite>[0]
    found: string
    rest: string
    trail: Trail | null
  }

  const uncurry = Function.prototype.bind.bind(Function.prototype.call) as <
    Self,
    Args extends unknown[],
    Result,
  >(
    method: (this: Self, ...args: Args) => Result,
  ) => (self: Self, ...args: Args) => Result
  const {
    getOwnPropertyDescriptor,
    getOwnPropertyNames,
    getOwnPropertySymbols,
    getPrototypeOf,
    hasOwn,
    keys: keysOf,
    prototype: objectPrototype,
  } = Object
  const { isArray, prototype: arrayPrototype } = Array
  const { stringify } = JSON
  const charCodeAt = uncurry(String.prototype.charCodeAt)
  const sliceText = uncurry(String.prototype.slice)
  const datePrototype = Date.prototype
  const mapPrototype = Map.prototype
  const setPrototype = Set.prototype
  const getTime = uncurry(datePrototype.getTime)
  const eachOfMap = uncurry(mapPrototype.forEach<unknown, unknown>)
  const eachOfSet = uncurry(setPrototype.forEach<unknown>)
  const getter = <Result>(prototype: object, name: PropertyKey) =>
    uncurry(getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => Result)
  const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype) as object
  const typedArrayName = getter<string | undefined>(typedArrayPrototype, Symbol.toStringTag)
  const typedArrayLength = getter<number>(typedArrayPrototype, 'length')
  const mapSize = getter<number>(mapPrototype, 'size')
  const setSize = getter<number>(setPrototype, 'size')

  const writer = createWriter(fail)
  const { putByte, putNumber, putText, putBytes, putUndefined, putDate, putBigint, putCount } =
    writer
  const { openExtension, closeExtension } = writer
  const two32 = 2 ** 32
  /** UTF-16 units of a key or a class's name that an error shows. */
  const shownUnits = 64

  let maxDepth = 0
  let maxBigintBytes = 0
  let failure: Failure | null = null

  function fail(code: Failure['code'], found: string): never {
    failure = { code, found, rest: '', trail: null }
    throw failure
  }

  /** Passed by an error on its way out of a container, at `step`. Errors that are not ours (from a proxy's trap) stay as they are. */
  function outward(error: unknown, container: object, step: string): unknown {
    if (failure !== null && error === failure) {
      failure.rest = step + failure.rest
      failure.trail = { container, rest: failure.rest, inner: failure.trail }
    }
    return error
  }

  function write(value: unknown, depth: number): void {
    switch (typeof value) {
      case 'string':
        return putText(value)
      case 'number':
        return putNumber(value)
      case 'boolean':
        return putByte(value ? 0xc3 : 0xc2)
      case 'undefined':
        return putUndefined()
      case 'bigint':
        return putBigint(value, maxBigintBytes)
      case 'object':
        return value === null ? putByte(0xc0) : writeObject(value, depth)
      default:
        fail('unsupported', `a ${typeof value}`)
    }
  }

  function writeObject(value: object, depth: number): void {
    if (typedArrayName(value) === 'Uint8Array') {
      return putBytes(value as Uint8Array, typedArrayLength(value))
    }
    const prototype = getPrototypeOf(value) as object | null
    if (isArray(value)) {
      if (prototype !== arrayPrototype && !isForeign(prototype)) refuse(prototype)
      return writeArray(value, depth)
    }
    if (prototype === objectPrototype || prototype === null || isRoot(prototype)) {
      return writePlain(value, depth)
    }
    const mine =
      prototype === datePrototype || prototype === mapPrototype || prototype === setPrototype
    if (!mine && !isForeign(prototype)) refuse(prototype)
    writeBuiltIn(value, prototype, depth)
  }

  /** Whether this is the Object.prototype of another realm (a vm context, such as a REPL's; a frame). */
  function isRoot(prototype: object): boolean {
    return (
      getPrototypeOf(prototype) === null &&
      hasOwn(prototype, 'hasOwnProperty') &&
      hasOwn(prototype, 'isPrototypeOf')
    )
  }

  /** Whether this may be the prototype of a built-in class of another realm: not of a class that extends one. */
  function isForeign(prototype: object | null): boolean {
    const parent = prototype === null ? null : (getPrototypeOf(prototype) as object | null)
    return parent !== null && parent !== objectPrototype && isRoot(parent)
  }

  function refuse(prototype: object | null): never {
    const constructor = prototype === null ? undefined : ownValue(prototype, 'constructor')
    const name = typeof constructor === 'function' ? ownValue(constructor, 'name') : undefined
    const named = typeof name === 'string' && name !== ''
    fail('unsupported', named ? `an instance of ${cut(name)}` : 'an instance of a class')
  }

  /** Value of an own data property: no getter runs. */
  function ownValue(object: object, name: string): unknown {
    const property = getOwnPropertyDescriptor(object, name)
    return property !== undefined && hasOwn(property, 'value') ? property.value : undefined
  }

  /** Goes one container deeper. */
  function enter(container: object, depth: number): number {
    if (depth < maxDepth) return depth + 1
    failure = { code: 'deep', found: `more than ${maxDepth} levels`, rest: '', trail: null }
    throw outward(failure, container, '')
  }

  function writeArray(list: unknown[], depth: number): void {
    const inner = enter(list, depth)
    const { length } = list
    if (typeof length !== 'number' || length >>> 0 !== length)
      fail('unsupported', 'a proxy of an array')
    const names = keysOf(list)
    // As many keys as items, and the last of them the last index: then they are all of the indexes and nothing else.
    const regular =
      names.length === length && (length === 0 || names[length - 1] === `${length - 1}`)
    if (!regular || getOwnPropertySymbols(list).length !== 0) {
      for (let i = 0; i < length; i++) {
        if (!hasOwn(list, i)) fail('unsupported', 'an array with a hole')
      }
      fail('unsupported', 'an array with properties of its own')
    }
    putCount(0x90, 0xdc, length)
    let i = 0
    try {
      for (; i < length; i++) write(list[i], inner)
    } catch (error) {
      throw outward(error, list, `[${i}]`)
    }
  }

  function writePlain(object: object, depth: number): void {
    const inner = enter(object, depth)
    const names = getOwnPropertyNames(object)
    if (getOwnPropertySymbols(object).length !== 0) fail('unsupported', 'a symbol key')
    putCount(0x80, 0xde, names.length)
    let name = ''
    let previous = -1
    try {
      for (let i = 0; i < names.length; i++) {
        name = names[i] as string
        const index = indexOf(name)
        // The language keeps indexes first and ascending; only a proxy can give another order, which no reader could keep.
        if (index < 0) previous = two32
        else if (index > previous) previous = index
        else fail('unsupported', 'an index out of order')
        const property = getOwnPropertyDescriptor(object, name)
        if (property === undefined || !hasOwn(property, 'value')) {
          fail('unsupported', 'an accessor property')
        }
        if (!property.enumerable) fail('unsupported', 'a property that is not enumerable')
        putText(name)
        write(property.value, inner)
      }
    } catch (error) {
      throw outward(error, object, step(name))
    }
  }

  /** The array index that a key is, or −1. */
  function indexOf(name: string): number {
    const { length } = name
    const first = length === 0 || length > 10 ? 0 : charCodeAt(name, 0) - 0x30
    if (first < 1 || first > 9) return name === '0' ? 0 : -1
    let index = first
    for (let i = 1; i < length; i++) {
      const next = charCodeAt(name, i) - 0x30
      if (next < 0 || next > 9) return -1
      index = 10 * index + next
    }
    return index < two32 - 1 ? index : -1
  }

  function writeBuiltIn(value: object, prototype: object | null, depth: number): void {
    if (getOwnPropertyNames(value).length !== 0 || getOwnPropertySymbols(value).length !== 0) {
      fail('unsupported', 'a built-in object with properties of its own')
    }
    const time =
      prototype === mapPrototype || prototype === setPrototype ? null : ask(getTime, value as Date)
    if (time !== null) return putDate(time)
    const entries = prototype === setPrototype ? null : ask(mapSize, value)
    if (entries !== null) return writeMap(value as Map<unknown, unknown>, entries, depth)
    const members = ask(setSize, value)
    if (members !== null) return writeSet(value as Set<unknown>, members, depth)
    refuse(prototype)
  }

  /** What a method of a built-in class gives; null if the object only looks like an instance. */
  function ask<Self>(method: (self: Self) => number, object: Self): number | null {
    try {
      return method(object)
    } catch {
      return null
    }
  }

  function writeMap(map: Map<unknown, unknown>, size: number, depth: number): void {
    const inner = enter(map, depth)
    const start = openExtension()
    putCount(0x90, 0xdc, 2 * size)
    let i = 0
    let part = 'key'
    try {
      eachOfMap(map, (value, key) => {
        if (i === size) fail('unsupported', 'a Map that changes while it is read')
        part = 'key'
        write(key, inner)
        part = 'value'
        write(value, inner)
        i += 1
      })
      if (i !== size) fail('unsupported', 'a Map that changes while it is read')
    } catch (error) {
      throw outward(error, map, `<${part} ${i}>`)
    }
    closeExtension(start, 3)
  }

  function writeSet(set: Set<unknown>, size: number, depth: number): void {
    const inner = enter(set, depth)
    const start = openExtension()
    putCount(0x90, 0xdc, size)
    let i = 0
    try {
      eachOfSet(set, (member) => {
        if (i === size) fail('unsupported', 'a Set that changes while it is read')
        write(member, inner)
        i += 1
      })
      if (i !== size) fail('unsupported', 'a Set that changes while it is read')
    } catch (error) {
      throw outward(error, set, `<member ${i}>`)
    }
    closeExtension(start, 4)
  }

  /** A key as a step of a path: `.name`, or `["any text"]`. */
  function step(name: string): string {
    for (let i = 0; i < name.length; i++) {
      const unit = charCodeAt(name, i)
      const letter = (unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x7a
      const digit = unit >= 0x30 && unit <= 0x39 && i > 0
      if (!letter && !digit && unit !== 0x5f && unit !== 0x24) return `[${stringify(cut(name))}]`
    }
    return name === '' ? '[""]' : `.${cut(name)}`
  }

  function cut(text: string): string {
    return text.length > shownUnits ? `${sliceText(text, 0, shownUnits)}…` : text
  }

  function explain({ code, found, rest, trail }: Failure): Error {
    // A cycle shows as a bound that was passed on the way round.
    for (let outer = code === 'unsupported' ? null : trail; outer !== null; outer = outer.inner) {
      for (let inner = outer.inner; inner !== null; inner = inner.inner) {
        if (inner.container !== outer.container) continue
        const path = `$${sliceText(rest, 0, rest.length - inner.rest.length)}`
        return problem('ERR_VMS_UNSUPPORTED_VALUE', path, 'a cycle', ' has no encoding')
      }
    }
    if (code === 'unsupported')
      return problem('ERR_VMS_UNSUPPORTED_VALUE', `$${rest}`, found, ' has no encoding')
    return problem(
      code === 'deep' ? 'ERR_VMS_VALUE_TOO_DEEP' : 'ERR_VMS_VALUE_TOO_LARGE',
      `$${rest}`,
      found,
      '',
    )
  }

  function problem(code: ValueProblem['code'], path: string, found: string, why: string): Error {
    return makeError({ code, message: `cannot encode ${path}: ${found}${why}`, path, found })
  }

  function bound(limits: Partial<ValueLimits> | undefined, name: keyof ValueLimits): number {
    return limits !== undefined && hasOwn(limits, name)
      ? (limits[name] ?? defaults[name])
      : defaults[name]
  }

  return (value, limits) => {
    // A proxy's trap may come here again while a value is being written.
    const outerDepth = maxDepth
    const outerBigintBytes = maxBigintBytes
    maxDepth = bound(limits, 'maxDepth')
    maxBigintBytes = bound(limits, 'maxBigintBytes')
    const outer = writer.begin(bound(limits, 'maxBytes'))
    try {
      write(value, 0)
      return writer.finish()
    } catch (error) {
      throw failure !== null && error === failure ? explain(failure) : error
    } finally {
      failure = null
      maxDepth = outerDepth
      maxBigintBytes = outerBigintBytes
      writer.resume(outer)
    }
  }
}
