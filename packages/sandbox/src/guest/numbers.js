/**
 * The bits of NaN. Which of its many patterns an operation leaves depends on the compiler that made the code, and another view of the
 * same memory would show it. So whatever a built-in writes into an array of floats or through a DataView is the one NaN of the
 * language's own constant; what a script writes itself is cleaned by its
 * instrumentation (instrument/floats.ts).
 */
import { charge } from './meter.js'
import {
  apply,
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  give,
  isArray,
  isNaNumber,
  memoryLength,
  ownKeys,
  setPrototypeOf,
  typedArrayLength,
  typedArrayName,
} from './primordials.js'

const floats = ['Float16Array', 'Float32Array', 'Float64Array']
const isFloats = { __proto__: null, Float16Array: true, Float32Array: true, Float64Array: true }

/** What may be written into memory: any value, but NaN with its one pattern. */
export function cleanNumber(value) {
  // biome-ignore lint/suspicious/noSelfCompare: it is the shortest test for a NaN that lets anything else through
  return value === value ? value : NaN
}

function clean(array) {
  if (isFloats[typedArrayName(array)] !== true) return array
  const length = typedArrayLength(array)
  for (let i = 0; i < length; i++) if (isNaNumber(array[i])) array[i] = NaN
  return array
}

/** After the prices: what a price is put on is the engine's own, and ours is put around both. */
export function installFloats() {
  const base = getPrototypeOf(Uint8Array)
  for (let i = 0; i < floats.length; i++) replaceConstructor(floats[i])
  const writing = ['fill', 'set']
  for (let i = 0; i < writing.length; i++)
    after(base.prototype, writing[i], (_result, self) => clean(self))
  after(base.prototype, 'with', clean)
  cleanVisited(base)
  cleanBeforeShowing(base.prototype)
  after(base, 'from', clean)
  after(base, 'of', clean)
  cleanMade(base)
  cleanMade(Array)
  cleanAssigned()
  cleanGeneric()
}

/** What copies properties to an array of floats: a getter among them could look at it meanwhile. */
function cleanAssigned() {
  const { assign, defineProperties } = Object
  const holder = {
    assign(target, ..._sources) {
      if (!isFloatArray(target)) return apply(assign, Object, arguments)
      const given = arguments
      given[0] = {}
      const copy = apply(assign, Object, given)
      const names = ownKeys(copy)
      for (let i = 0; i < names.length; i++) target[names[i]] = cleanNumber(copy[names[i]])
      return target
    },
    defineProperties(target, properties) {
      const result = defineProperties(target, properties)
      cleanIfFloats(target)
      return result
    },
  }
  defineProperty(holder.assign, 'length', { __proto__: null, value: assign.length })
  give(Object, 'assign', holder.assign)
  give(Object, 'defineProperties', holder.defineProperties)
}

/** `map`, whose function may look at what it has given before: a class can keep another view of its arrays. */
function cleanVisited(base) {
  const { map } = base.prototype
  const holder = {
    map(visit, self) {
      return clean(apply(map, this, [cleaned(visit, this), self]))
    },
  }
  defineProperty(holder.map, 'length', { __proto__: null, value: map.length })
  give(base.prototype, 'map', holder.map)
}

function cleaned(visit, object) {
  if (typeof visit !== 'function' || !isFloatArray(object)) return visit
  return function (item, i, list) {
    return cleanNumber(apply(visit, this, [item, i, list]))
  }
}

/** `from` and `of`, when a class of the script's own is to hold what they are given. */
function cleanMade(Class) {
  const { from, of } = Class
  const holder = {
    from(items, visit, self) {
      if (this === Class) return apply(from, this, [items, visit, self])
      const isVisited = typeof visit === 'function'
      const clean = isVisited
        ? (item, i) => cleanNumber(apply(visit, self, [item, i]))
        : visit === undefined
          ? cleanNumber
          : visit
      return apply(from, this, [items, clean])
    },
    of(...items) {
      if (this !== Class) {
        for (let i = 0; i < items.length; i++) items[i] = cleanNumber(items[i])
      }
      return apply(of, this, items)
    },
  }
  defineProperty(holder.from, 'length', { __proto__: null, value: from.length })
  give(Class, 'from', holder.from)
  give(Class, 'of', holder.of)
}

/** Methods of arrays that are applied to one of floats. */
function cleanGeneric() {
  const { prototype } = Array
  const writing = ['copyWithin', 'fill', 'reverse', 'sort', 'splice', 'unshift']
  for (let i = 0; i < writing.length; i++)
    after(prototype, writing[i], (_result, self) => cleanIfFloats(self))
}

function isFloatArray(value) {
  return typeof value === 'object' && value !== null && isFloats[typedArrayName(value)] === true
}

/** Pays and cleans, if it is an array of floats. */
export function cleanIfFloats(value) {
  if (isArray(value) || !isFloatArray(value)) return
  charge(typedArrayLength(value) >> 1)
  clean(value)
}

/** Before `Buffer`, which writes by them. */
export function installViews() {
  const setters = ['setFloat16', 'setFloat32', 'setFloat64']
  for (let i = 0; i < setters.length; i++) replaceSetter(setters[i])
}

/** Whoever asks for the memory of an array of floats may look at its bytes. */
function cleanBeforeShowing(prototype) {
  const { get } = getOwnPropertyDescriptor(prototype, 'buffer')
  const holder = {
    get buffer() {
      if (isFloats[typedArrayName(this)] === true) {
        charge(typedArrayLength(this) >> 1)
        clean(this)
      }
      return apply(get, this, [])
    },
  }
  defineProperty(prototype, 'buffer', {
    __proto__: null,
    get: getOwnPropertyDescriptor(holder, 'buffer').get,
    set: undefined,
    enumerable: false,
    configurable: true,
  })
}

/** The same method, with something done to what it wrote. */
function after(object, name, run) {
  const native = object[name]
  const holder = {
    [name](...given) {
      const result = apply(native, this, given)
      run(result, this)
      return result
    },
  }
  defineProperty(holder[name], 'length', { __proto__: null, value: native.length })
  give(object, name, holder[name])
}

function replaceSetter(name) {
  const native = DataView.prototype[name]
  const holder = {
    [name](offset, value, isLittle) {
      return apply(native, this, [
        offset,
        cleanNumber(typeof value === 'number' ? value : +value),
        isLittle,
      ])
    },
  }
  defineProperty(holder[name], 'length', { __proto__: null, value: 2 })
  give(DataView.prototype, name, holder[name])
}

function replaceConstructor(name) {
  const Native = globalThis[name]
  const { prototype } = Native
  const holder = {
    [name]: function (source) {
      const array = construct(Native, arguments, new.target ?? refuse())
      return typeof source === 'object' && source !== null && !isMemory(source)
        ? clean(array)
        : array
    },
  }
  const Clean = holder[name]
  const refuse = () => Native()
  defineProperty(Clean, 'length', { __proto__: null, value: 3 })
  defineProperty(Clean, 'prototype', { __proto__: null, value: prototype, writable: false })
  setPrototypeOf(Clean, getPrototypeOf(Native))
  defineProperty(Clean, 'BYTES_PER_ELEMENT', getOwnPropertyDescriptor(Native, 'BYTES_PER_ELEMENT'))
  give(prototype, 'constructor', Clean)
  give(globalThis, name, Clean)
}

function isMemory(value) {
  try {
    memoryLength(value)
    return true
  } catch {
    return false
  }
}
