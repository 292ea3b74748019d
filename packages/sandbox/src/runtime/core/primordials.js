/**
 * The language's own functions, captured before the script runs. Code in this folder must not look up a property that a script can have
 * changed: no methods of strings, arrays or promises, no spread, no `for…of`, no array destructuring, no regular expressions.
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
export const { getOwnPropertyNames: ownNames, getOwnPropertySymbols: ownSymbols } = Object
export const { isArray } = Array
export const { isError } = Error
export const { isInteger } = Number
export const { fromCharCode } = String
export const { parse, stringify } = JSON
export const asText = String

/** The engine's own functions of an object, as functions of their `this`. Used while the world is set up. */
export function methodsOf(object) {
  // Has a prototype, because the engine is slow with properties of objects without one.
  const taken = {}
  const names = ownKeys(object)
  for (let i = 0; i < names.length; i++) {
    const { value } = getOwnPropertyDescriptor(object, names[i])
    if (typeof value === 'function') taken[names[i]] = uncurry(value)
  }
  return freeze(taken)
}

const getterOf = (object, name) => uncurry(getOwnPropertyDescriptor(object, name).get)
const typedArray = getPrototypeOf(Uint8Array.prototype)

export const unitAt = uncurry(String.prototype.charCodeAt)
export const sliceText = uncurry(String.prototype.slice)
export const lastIndexOf = uncurry(String.prototype.lastIndexOf)
export const wellFormed = uncurry(String.prototype.toWellFormed)
export const isWellFormed = uncurry(String.prototype.isWellFormed)
export const lowerCase = uncurry(String.prototype.toLowerCase)
export const upperCase = uncurry(String.prototype.toUpperCase)
/** Appends to a list of ours. It is as fast as an array; `put` is as slow as defining a property. */
export const append = uncurry(Array.prototype.push)
export const joinArray = uncurry(Array.prototype.join)
export const symbolText = uncurry(Symbol.prototype.toString)
export const numberText = uncurry(Number.prototype.toString)
export const bigintText = uncurry(BigInt.prototype.toString)
export const hasWeak = uncurry(WeakSet.prototype.has)
export const addWeak = uncurry(WeakSet.prototype.add)
export const getWeak = uncurry(WeakMap.prototype.get)
export const setWeak = uncurry(WeakMap.prototype.set)
export const mapSize = getterOf(Map.prototype, 'size')
export const setSize = getterOf(Set.prototype, 'size')
export const getMapped = uncurry(Map.prototype.get)
export const setInMap = uncurry(Map.prototype.set)
export const addToSet = uncurry(Set.prototype.add)
export const eachOfMap = uncurry(Map.prototype.forEach)
export const eachOfSet = uncurry(Set.prototype.forEach)
export const typedArrayName = getterOf(typedArray, Symbol.toStringTag)
export const typedArrayLength = getterOf(typedArray, 'length')
export const viewStart = getterOf(typedArray, 'byteOffset')
export const viewMemory = getterOf(typedArray, 'buffer')
export const viewLength = getterOf(typedArray, 'byteLength')
export const viewedBytes = getterOf(DataView.prototype, 'byteLength')
export const viewedStart = getterOf(DataView.prototype, 'byteOffset')
export const viewedMemory = getterOf(DataView.prototype, 'buffer')
export const copyMemory = uncurry(ArrayBuffer.prototype.slice)
export const transferMemory = uncurry(ArrayBuffer.prototype.transfer)
export const memoryLength = getterOf(ArrayBuffer.prototype, 'byteLength')
export const copyBytes = uncurry(typedArray.set)
export const partOfBytes = uncurry(typedArray.slice)
export const stringValue = uncurry(String.prototype.valueOf)
export const numberValue = uncurry(Number.prototype.valueOf)
export const booleanValue = uncurry(Boolean.prototype.valueOf)
export const bigintValue = uncurry(BigInt.prototype.valueOf)
export const regExpSource = getterOf(RegExp.prototype, 'source')
export const regExpFlags = getterOf(RegExp.prototype, 'flags')
export const nativeThen = uncurry(Promise.prototype.then)
export const resolvePromise = uncurry(Promise.resolve)
export const rejectPromise = uncurry(Promise.reject)
export const dateTime = uncurry(Date.prototype.getTime)
export const dateIso = uncurry(Date.prototype.toISOString)
export const functionText = uncurry(Function.prototype.toString)

export const Bytes = Uint8Array
export const Words = Int32Array
export const UnsignedWords = Uint32Array
export const Doubles = Float64Array
export const KnownSet = WeakSet
export const KnownMap = WeakMap
export const NativeDate = Date
export const NativePromise = Promise
export const NativeMap = Map
export const NativeSet = Set
export const NativeRegExp = RegExp
export const NativeView = DataView
export const toObject = Object
/** Name → constructor. */
export const typedArrays = {
  __proto__: null,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float16Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
}
export const NativeFunction = Function
export const { abs, clz32, imul, LN2, LOG2E, PI, sqrt, trunc } = Math
export const { is } = Object
export const asBigint = BigInt
export const asNumber = Number
export const sliceBits = BigInt.asUintN
export const arrayValues = uncurry(Array.prototype.values)
export const iteratorSymbol = Symbol.iterator
export const tagSymbol = Symbol.toStringTag
export const toPrimitiveSymbol = Symbol.toPrimitive
export const isNaNumber = Number.isNaN

/** Our functions that the script can reach. Their text is hidden. */
const ours = new KnownSet()

export function markOurs(value) {
  if (typeof value === 'function') addWeak(ours, value)
  return value
}

export function isOurs(value) {
  return hasWeak(ours, value)
}

/** Gives an object a property that the script may overwrite or delete, and that enumeration skips. */
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

/** Gives an object a permanent property. */
export function fix(object, name, value, enumerable = false) {
  defineProperty(object, name, {
    __proto__: null,
    value,
    writable: false,
    enumerable,
    configurable: false,
  })
}

/** A property descriptor that inherits nothing. One object serves all, because the engine is slow to make many. */
function Description() {
  this.value = undefined
  this.writable = true
  this.enumerable = true
  this.configurable = true
}
Description.prototype = freeze(create(null))
const description = new Description()

/** Gives an object an ordinary property. An assignment would run a setter that a script may have put on a prototype. */
export function put(object, name, value) {
  description.value = value
  defineProperty(object, name, description)
  description.value = undefined
}
