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
  isNaNumber,
  memoryLength,
  setPrototypeOf,
  typedArrayLength,
  typedArrayName,
} from './primordials.js'

const floats = ['Float16Array', 'Float32Array', 'Float64Array']
const isFloats = { __proto__: null, Float16Array: true, Float32Array: true, Float64Array: true }

/** What may be written into memory: any value, but NaN with its one pattern. */
function cleanNumber(value) {
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
  const making = ['map', 'with']
  for (let i = 0; i < making.length; i++) after(base.prototype, making[i], clean)
  cleanBeforeShowing(base.prototype)
  after(base, 'from', clean)
  after(base, 'of', clean)
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
