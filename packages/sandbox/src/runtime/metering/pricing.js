/**
 * Makes built-ins pay. A wrapper has the name, the length and the text of the wrapped built-in, and cannot be constructed. It charges, then
 * runs the engine's function. A script cannot notice how a wrapper reads sizes: from lengths of real arrays, strings and typed arrays, and
 * from data properties `length` of other objects. Array methods refuse an object whose length is a getter. Proxies pay by themselves, step
 * by step (proxies.js).
 */

import {
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getWeak,
  give,
  hasOwn,
  isArray,
  KnownMap,
  ownKeys,
  ownNames,
  ownSymbols,
  setWeak,
  trunc,
  typedArrayLength,
  typedArrayName,
} from '../core/primordials.js'
import { makeError } from './errors.js'
import { charge, enter, leave } from './meter.js'
import { bound, flat, rate } from './prices.js'

/** Pays for one call and `count` times `price`. */
export function pay(count, price) {
  charge(flat.call + trunc(count * price))
}

/** Pays for a length that a script asks for. The engine refuses a larger length before it allocates. */
export function payForLength(length, price) {
  pay(length > 0 && length <= largestLength ? length : 0, price)
}

const largestLength = 2 ** 53 - 1
const typed = getPrototypeOf(Uint8Array.prototype)

/** Entries from which on a table exceeds the processor's caches, and each entry takes several times as long. */
const largeTable = 4_096

/** Entries up to which an object is most likely no hash table, so its copies share its shape. */
const fewEntries = 16

/** Pays for the entries of an object that are listed or copied. */
export function payForTable(count, price) {
  pay(count, count > largeTable ? 6 * price : count > fewEntries ? price : price / 4)
}

/** One symbol costs as much as this many names. */
const symbolWeight = 4

/** Number of an object's own names and symbols, whether or not a built-in wants them. Two lists are made faster than one. */
export function ownCount(object, names = ownNames(object)) {
  return names.length + symbolWeight * ownSymbols(object).length
}

/** Units of depth of a built-in that runs inside another built-in. */
const nestedDepth = 4

/** Runs a re-entrant built-in. It uses the engine's own stack, so it counts as depth. */
export function nested(method, self, a, b) {
  enter(nestedDepth)
  try {
    return method(self, a, b)
  } finally {
    leave(nestedDepth)
  }
}

/** Every proxy of the script → the number of proxies within it. */
export const proxies = new KnownMap()
let anyProxies = false

export function noteProxy(proxy, depth) {
  anyProxies = true
  setWeak(proxies, proxy, depth)
}

export function isProxy(value) {
  return anyProxies && getWeak(proxies, value) !== undefined
}

export function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Number of items that an array method will visit; 0 for proxies, which pay for their steps. */
export function itemsOf(value) {
  if (isArray(value)) return isProxy(value) ? 0 : value.length
  if (typeof value === 'string') return value.length
  if (!isObject(value) || isProxy(value)) return 0
  if (typedArrayName(value) !== undefined && !hasOwnLength(value)) return typedArrayLength(value)
  const length = dataOf(value, 'length')
  if (length === refused || isObject(length)) {
    throw makeError(
      'TypeError',
      'the length of a list must be a plain number: a getter or an object would be asked twice; copy the items with Array.from',
      'ERR_VMS_LENGTH',
    )
  }
  if (typeof length === 'symbol' || typeof length === 'bigint') return 0
  const items = +length
  return items > 0 ? items : 0
}

/** Whether a typed array has an own property `length`, which array methods would use. */
function hasOwnLength(list) {
  for (let holder = list; holder !== null && holder !== typed; holder = getPrototypeOf(holder))
    if (isProxy(holder) || hasOwn(holder, 'length')) return true
  return false
}

/** Returned by `dataOf` if reading the property would run code. */
export const refused = { __proto__: null }

/** A property, own or inherited, if reading it runs no code; undefined if there is none. */
export function dataOf(value, name) {
  for (let holder = value; holder !== null; holder = getPrototypeOf(holder)) {
    if (isProxy(holder)) return refused
    const property = getOwnPropertyDescriptor(holder, name)
    if (property !== undefined) return hasOwn(property, 'value') ? property.value : refused
  }
  return undefined
}

/** Pays for a search: texts are compared unit by unit. */
export function payForSearch(length, item, price) {
  pay(length, price.items + (typeof item === 'string' ? item.length * price.soughtUnits : 0))
}

/** UTF-16 units of a string. Other values pay when they are converted. */
export function unitsOf(value) {
  return typeof value === 'string' ? value.length : 0
}

/** Levels of a merge sort. */
export function levels(count) {
  let depth = 1
  for (let n = count; n > 1; n /= 2) depth += 1
  return depth
}

/** The order of a sort without a comparator: texts by UTF-16 units. As the language defines, each comparison converts the items anew. */
export function compareTexts(left, right) {
  const a = `${left}`
  const b = `${right}`
  pay(a.length < b.length ? a.length : b.length, rate.searchUnit)
  return a < b ? -1 : a > b ? 1 : 0
}

/** Pays for a string that is about to be made. */
export function payForText(units, price) {
  if (units > bound.textUnits) refuseText()
  pay(units, price)
}

export function refuseText() {
  throw makeError(
    'RangeError',
    `a text would be longer than ${bound.textUnits} units`,
    'ERR_VMS_TEXT_TOO_LONG',
  )
}

/** Replaces the engine's functions by ours. Skips those that this engine lacks. */
export function wrap(object, wrappers) {
  const names = ownKeys(wrappers)
  for (let i = 0; i < names.length; i++) wrapOne(object, names[i], wrappers[names[i]])
}

export function wrapOne(object, name, wrapper) {
  const native = getOwnPropertyDescriptor(object, name)
  if (native === undefined) return
  copyProperty(native.value, wrapper, 'length')
  copyProperty(native.value, wrapper, 'name')
  give(object, name, wrapper)
}

function copyProperty(from, to, name) {
  defineProperty(to, name, getOwnPropertyDescriptor(from, name))
}
