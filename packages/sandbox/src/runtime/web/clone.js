/**
 * `structuredClone`, by the algorithm of the HTML standard. It copies the language's own types, and keeps cycles and shared parts. It drops
 * prototypes and accessors. Transferred buffers are copied and then emptied, which gives the same result.
 */

import {
  addToSet,
  bigintValue,
  booleanValue,
  construct,
  copyMemory,
  dateTime,
  eachOfMap,
  eachOfSet,
  getMapped,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  give,
  hasOwn,
  isArray,
  isError,
  keys,
  mapSize,
  memoryLength,
  NativeDate,
  NativeMap,
  NativeRegExp,
  NativeSet,
  NativeView,
  numberValue,
  put,
  regExpFlags,
  regExpSource,
  setInMap,
  setSize,
  stringValue,
  toObject,
  transferMemory,
  typedArrayLength,
  typedArrayName,
  typedArrays,
  viewedBytes,
  viewedMemory,
  viewedStart,
  viewMemory,
  viewStart,
} from '../core/primordials.js'
import { payForPlaces } from '../metering/computed-keys.js'
import { makeError } from '../metering/errors.js'
import { charge, enter, leave } from '../metering/meter.js'
import { pricesOf } from '../metering/prices.js'
import { ownCount, pay } from '../metering/pricing.js'

const errorNames = [
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]
/** Units of fuel for one property or item, and of depth for one step inwards. */
const { otherKeys } = pricesOf('globalThis').structuredClone
const itemPrice = 128
const stepDepth = 4
/** Units for an object that may have a type of its own. The engine throws once for each type that it is not. */
const exoticPrice = 2_048

const clone = {
  structuredClone(value, options) {
    const memories = []
    // The script provides the list, possibly with its own iterator.
    for (const memory of options?.transfer ?? []) {
      if (tryGet(memoryLength, memory) === undefined) throw refuse('what is not an ArrayBuffer')
      put(memories, memories.length, memory)
    }
    const copy = copyOf(value, new NativeMap())
    for (let i = 0; i < memories.length; i++) transferMemory(memories[i])
    return copy
  },
}

export function installClone() {
  give(globalThis, 'structuredClone', clone.structuredClone)
}

function refuse(what) {
  return makeError('DataCloneError', `${what} cannot be cloned`, 'ERR_VMS_DATA_CLONE')
}

/** The result of a native getter or method for an object of its type; undefined for any other. */
function tryGet(get, object) {
  try {
    return get(object)
  } catch {
    return undefined
  }
}

function copyOf(value, seen) {
  charge(itemPrice)
  if (typeof value === 'function') throw refuse('a function')
  if (typeof value === 'symbol') throw refuse('a symbol')
  if (typeof value !== 'object' || value === null) return value
  const known = getMapped(seen, value)
  if (known !== undefined) return known
  enter(stepDepth)
  try {
    return copyOfObject(value, seen)
  } finally {
    leave(stepDepth)
  }
}

function copyOfObject(value, seen) {
  const keep = (copy) => {
    setInMap(seen, value, copy)
    return copy
  }
  if (!isOrdinary(value)) {
    charge(exoticPrice)
    const exotic = copyOfExotic(value, seen, keep)
    if (exotic !== undefined) return exotic
  }
  const copy = keep(isArray(value) ? [] : {})
  if (isArray(value)) {
    charge(2 * value.length)
    copy.length = value.length
  }
  const names = keys(value)
  if (!isArray(value)) {
    payForPlaces(names)
    pay(ownCount(value) - names.length, otherKeys)
  }
  for (let i = 0; i < names.length; i++) {
    if (hasOwn(value, names[i])) put(copy, names[i], copyOf(value[names[i]], seen))
  }
  return copy
}

/** Most objects are ordinary. Testing for other types makes the engine throw once for each. */
function isOrdinary(value) {
  return isArray(value) || getPrototypeOf(value) === ordinary
}

/** A copy of an object with internal state; undefined for anything else. */
function copyOfExotic(value, seen, keep) {
  const kind = typedArrayName(value)
  if (kind !== undefined) {
    const memory = copyOf(viewMemory(value), seen)
    return keep(construct(typedArrays[kind], [memory, viewStart(value), typedArrayLength(value)]))
  }
  const bytes = tryGet(memoryLength, value)
  if (bytes !== undefined) {
    charge(bytes >> 4)
    return keep(copyMemory(value, 0))
  }
  const viewed = tryGet(viewedMemory, value)
  if (viewed !== undefined) {
    const memory = copyOf(viewed, seen)
    return keep(new NativeView(memory, viewedStart(value), viewedBytes(value)))
  }
  const time = tryGet(dateTime, value)
  if (time !== undefined) return keep(new NativeDate(time))
  if (isError(value)) return copyOfError(value, seen, keep)
  if (tryGet(mapSize, value) !== undefined) return copyOfMap(value, seen, keep(new NativeMap()))
  if (tryGet(setSize, value) !== undefined) return copyOfSet(value, seen, keep(new NativeSet()))
  const boxed =
    tryGet(stringValue, value) ??
    tryGet(numberValue, value) ??
    tryGet(booleanValue, value) ??
    tryGet(bigintValue, value)
  if (boxed !== undefined) return keep(toObject(boxed))
  const source = tryGet(regExpSource, value)
  if (source !== undefined && value !== NativeRegExp.prototype) {
    return keep(new NativeRegExp(source, regExpFlags(value)))
  }
  if (isExotic(value)) throw refuse('a promise or a weak collection')
  return undefined
}

function copyOfMap(map, seen, copy) {
  const entries = []
  eachOfMap(map, (item, key) => {
    put(entries, entries.length, key)
    put(entries, entries.length, item)
  })
  for (let i = 0; i < entries.length; i += 2) {
    setInMap(copy, copyOf(entries[i], seen), copyOf(entries[i + 1], seen))
  }
  return copy
}

function copyOfSet(set, seen, copy) {
  const items = []
  eachOfSet(set, (item) => put(items, items.length, item))
  for (let i = 0; i < items.length; i++) addToSet(copy, copyOf(items[i], seen))
  return copy
}

function copyOfError(error, seen, keep) {
  const { name } = error
  let Kind = globalThis.Error
  for (let i = 0; i < errorNames.length; i++) {
    if (errorNames[i] === name) Kind = globalThis[name]
  }
  const message = getOwnPropertyDescriptor(error, 'message')
  const copy = keep(
    message !== undefined && hasOwn(message, 'value') ? new Kind(`${message.value}`) : new Kind(),
  )
  if (hasOwn(error, 'cause')) give(copy, 'cause', copyOf(error.cause, seen))
  return copy
}

const ordinary = Object.prototype
const uncloneable = [WeakMap.prototype, WeakSet.prototype, Promise.prototype]

/** Whether an object has internal state that a copy of its properties would lack. */
function isExotic(value) {
  for (let p = getPrototypeOf(value); p !== null; p = getPrototypeOf(p)) {
    for (let i = 0; i < uncloneable.length; i++) if (p === uncloneable[i]) return true
  }
  return false
}
