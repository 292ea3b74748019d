/**
 * The bits of NaN. The compiler chooses which of NaN's many bit patterns an operation leaves, and another view of the same memory would
 * show it. So every built-in writes NaN into an array of floats, or through a DataView, as the language's own constant. The instrumentation
 * does the same for a script's own writes (transform/expressions/floats.ts).
 */

import {
  append,
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
  toObject,
  trunc,
  typedArrayLength,
  typedArrayName,
} from '../core/primordials.js'
import {
  cleanNumber,
  cleanValue,
  described,
  isFloatArray,
  isFloats,
  writtenTo,
} from '../metering/float-values.js'
import { charge } from '../metering/meter.js'
import { isObject, itemsOf, noteProxy } from '../metering/pricing.js'
import { cleanMade, replaceMethod } from './float-makers.js'

const floats = ['Float16Array', 'Float32Array', 'Float64Array']
const NativeProxy = Proxy
/** Units per item that a method of arrays writes to an array of floats, because each write goes through a proxy. */
const perItem = 32

function clean(array) {
  if (isFloats[typedArrayName(array)] !== true) return array
  const length = typedArrayLength(array)
  for (let i = 0; i < length; i++) if (isNaNumber(array[i])) array[i] = NaN
  return array
}

/** Runs after the prices are installed: a price wraps the engine's own function, and our step wraps both. */
export function installFloats() {
  const base = getPrototypeOf(Uint8Array)
  for (let i = 0; i < floats.length; i++) replaceConstructor(floats[i])
  after(base.prototype, 'fill', (_result, self) => clean(self))
  after(base.prototype, 'with', clean)
  // A script's own class may have any kind of typed array as its species.
  after(base.prototype, 'filter', clean)
  after(base.prototype, 'slice', (result, self) => {
    if (typedArrayName(result) !== typedArrayName(self)) clean(result)
  })
  cleanSet(base.prototype)
  cleanVisited(base)
  cleanBeforeShowing(base.prototype)
  after(base, 'from', clean)
  after(base, 'of', clean)
  cleanMade(base)
  cleanMade(Array)
  cleanAssigned()
  cleanGeneric()
}

/**
 * Cleans the result of built-ins that copy properties to an array of floats. A getter among the properties could look at the array
 * meanwhile.
 */
function cleanAssigned() {
  const { assign, defineProperties, defineProperty: define } = Object
  const holder = {
    assign(target, ..._sources) {
      if (!isFloatArray(target)) return apply(assign, Object, arguments)
      const given = arguments
      given[0] = {}
      const copy = apply(assign, Object, given)
      const names = ownKeys(copy)
      for (let i = 0; i < names.length; i++)
        target[names[i]] = writtenTo(target, names[i], copy[names[i]])
      return target
    },
    defineProperties(target, properties) {
      if (!isFloatArray(target)) return defineProperties(target, properties)
      const given = toObject(properties)
      const names = ownKeys(given)
      const list = []
      for (let i = 0; i < names.length; i++) {
        if (getOwnPropertyDescriptor(given, names[i])?.enumerable !== true) continue
        append(list, names[i])
        append(list, given[names[i]])
      }
      for (let i = 0; i < list.length; i += 2)
        define(target, list[i], described(target, list[i], list[i + 1]))
      return target
    },
  }
  defineProperty(holder.assign, 'length', { __proto__: null, value: assign.length })
  give(Object, 'assign', holder.assign)
  give(Object, 'defineProperties', holder.defineProperties)
}

/** `map`: its function may look at the earlier results, because a class can keep another view of its arrays. */
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
  if (typeof visit !== 'function' || typedArrayName(object) === undefined) return visit
  return function (item, i, list) {
    return cleanValue(apply(visit, this, [item, i, list]))
  }
}

/** `set`: a getter or an object among the items could look at the items written before. */
function cleanSet(prototype) {
  const { set } = prototype
  const holder = {
    set(source, offset) {
      if (!isFloatArray(this) || !isObject(source) || typedArrayName(source) !== undefined) {
        apply(set, this, [source, offset])
        clean(this)
        return
      }
      const start = offset === undefined ? 0 : trunc(+offset) || 0
      // Throws what the engine throws, and pays for a call.
      apply(set, this, [[], start > 0 || start === 0 ? 0 : start])
      charge(2 * itemsOf(source))
      let count = trunc(+source.length) || 0
      if (count < 0) count = 0
      if (start + count > typedArrayLength(this)) apply(set, this, [[], Infinity])
      for (let i = 0; i < count; i++) this[start + i] = cleanValue(source[i])
    },
  }
  defineProperty(holder.set, 'length', { __proto__: null, value: set.length })
  give(prototype, 'set', holder.set)
}

/** Cleans after methods of arrays that a script applies to an array of floats. */
function cleanGeneric() {
  const { prototype } = Array
  const moving = ['copyWithin', 'reverse', 'sort']
  for (let i = 0; i < moving.length; i++)
    after(prototype, moving[i], (_result, self) => cleanIfFloats(self))
  const given = ['fill', 'push', 'splice', 'unshift']
  for (let i = 0; i < given.length; i++) {
    const native = prototype[given[i]]
    const holder = {
      [given[i]](...items) {
        if (isArray(this) || !isFloatArray(this)) return apply(native, this, items)
        charge(perItem * typedArrayLength(this))
        const proxy = new NativeProxy(this, cleaning)
        noteProxy(proxy, 1)
        const result = apply(native, proxy, items)
        return given[i] === 'fill' ? this : result
      },
    }
    replaceMethod(prototype, given[i], holder[given[i]])
  }
}

/** Writes a normalised number to an array of floats. */
const cleaning = {
  __proto__: null,
  get: (target, name) => target[name],
  set(target, name, value) {
    target[name] = writtenTo(target, name, value)
    return true
  },
}

/** Pays and cleans, if the value is an array of floats. */
function cleanIfFloats(value) {
  if (isArray(value) || !isFloatArray(value)) return
  charge(typedArrayLength(value) >> 1)
  clean(value)
}

/** Runs before `Buffer` is made, because `Buffer` writes through these methods. */
export function installViews() {
  const setters = ['setFloat16', 'setFloat32', 'setFloat64']
  for (let i = 0; i < setters.length; i++) replaceSetter(setters[i])
}

/** A script that gets the memory of an array of floats can read its bytes, so its NaNs are cleaned first. */
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

/** The same method, followed by a step on the written items. */
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
      return isObject(source) && !isMemory(source) ? clean(array) : array
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
