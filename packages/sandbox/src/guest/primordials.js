/**
 * The language's own functions, taken hold of before the script runs. Nothing in this folder may look up a property that a script
 * can have changed: no methods of strings, arrays or promises, no spread, no `for…of`, no array destructuring, no regular expressions.
 */
const { bind, call } = Function.prototype

/** Turns a method into a function of its `this`. */
export const uncurry = bind.bind(call)

export const {
  apply,
  construct,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  ownKeys,
  setPrototypeOf,
} = Reflect
export const { create, freeze, hasOwn, keys } = Object
export const { isArray } = Array
export const { isError } = Error
export const { isInteger } = Number
export const { fromCharCode } = String
export const { parse, stringify } = JSON
export const asText = String
export const asNumber = Number

/** The functions of an object as the engine made them, as functions of their `this`: for use while the world is set up. */
export function methodsOf(object) {
  const taken = { __proto__: null }
  const names = ownKeys(object)
  for (let i = 0; i < names.length; i++) {
    const { value } = getOwnPropertyDescriptor(object, names[i])
    if (typeof value === 'function') taken[names[i]] = uncurry(value)
  }
  return taken
}

const getterOf = (object, name) => uncurry(getOwnPropertyDescriptor(object, name).get)
const typedArray = getPrototypeOf(Uint8Array.prototype)

export const unitAt = uncurry(String.prototype.charCodeAt)
export const sliceText = uncurry(String.prototype.slice)
export const wellFormed = uncurry(String.prototype.toWellFormed)
export const isWellFormed = uncurry(String.prototype.isWellFormed)
export const lowerCase = uncurry(String.prototype.toLowerCase)
export const joinArray = uncurry(Array.prototype.join)
export const symbolText = uncurry(Symbol.prototype.toString)
export const numberText = uncurry(Number.prototype.toString)
export const bigintText = uncurry(BigInt.prototype.toString)
export const bigintValue = uncurry(BigInt.prototype.valueOf)
export const hasWeak = uncurry(WeakSet.prototype.has)
export const addWeak = uncurry(WeakSet.prototype.add)
export const getWeak = uncurry(WeakMap.prototype.get)
export const setWeak = uncurry(WeakMap.prototype.set)
export const mapSize = getterOf(Map.prototype, 'size')
export const setSize = getterOf(Set.prototype, 'size')
export const eachOfMap = uncurry(Map.prototype.forEach)
export const eachOfSet = uncurry(Set.prototype.forEach)
export const typedArrayName = getterOf(typedArray, Symbol.toStringTag)
export const typedArrayLength = getterOf(typedArray, 'length')
export const viewStart = getterOf(typedArray, 'byteOffset')
export const viewMemory = getterOf(typedArray, 'buffer')
export const memoryLength = getterOf(ArrayBuffer.prototype, 'byteLength')
export const copyBytes = uncurry(typedArray.set)
export const dateTime = uncurry(Date.prototype.getTime)
export const dateIso = uncurry(Date.prototype.toISOString)
export const functionText = uncurry(Function.prototype.toString)

export const Bytes = Uint8Array
export const Words = Int32Array
export const Doubles = Float64Array
export const KnownSet = WeakSet
export const KnownMap = WeakMap
export const NativeDate = Date
export const NativeFunction = Function
export const { clz32, imul, trunc } = Math
export const isNaNumber = Number.isNaN

/** Functions of ours that the script can reach: their text is not shown. */
const ours = new KnownSet()

export function markOurs(value) {
  if (typeof value === 'function') addWeak(ours, value)
  return value
}

export function isOurs(value) {
  return hasWeak(ours, value)
}

/** Gives an object a property that the script may overwrite or delete, and does not see when it enumerates. */
export function give(object, name, value) {
  markOurs(value)
  defineProperty(object, name, {
    __proto__: null,
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  })
}

/** Gives an object a property for good. */
export function fix(object, name, value, enumerable = false) {
  defineProperty(object, name, {
    __proto__: null,
    value,
    writable: false,
    enumerable,
    configurable: false,
  })
}

/** Gives an array an item: an assignment would run a setter that a script has put on a prototype. */
export function put(array, index, value) {
  defineProperty(array, index, {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
