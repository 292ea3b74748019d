/**
 * The array methods that make an array of their receiver's kind, in JavaScript, as the specification defines them. They serve all but plain
 * arrays. A script's own class may make an array of floats, so each NaN is normalised before it goes in there. Proxies of arrays come here
 * too, because the engine would allocate as many items as they claim to have.
 */

import {
  addToSet,
  append,
  apply,
  construct,
  getPrototypeOf,
  hasOwn,
  isArray,
  methodsOf,
  NativeSet,
  setSize,
  trunc,
} from '../core/primordials.js'
import { numeric } from './conversions.js'
import { cleanValue, isFloatArray } from './float-values.js'
import { charge, enter, leave } from './meter.js'
import { lengthFor, newLength } from './operators.js'
import { pricesOf } from './prices.js'
import { dataOf, isObject, isProxy } from './pricing.js'

const { isConcatSpreadable: spreadable, species } = Symbol
const price = pricesOf('Array.prototype')
const NativeArray = Array
const arrays = NativeArray.prototype
const a = methodsOf(arrays)
const { defineProperty } = Object
const longest = 2 ** 53 - 1
/** Maximum items of an array. The engine refuses a longer one. */
const longestArray = 2 ** 32 - 1
/** Up to this many parts, a script may pass the same array to `concat` twice. It may grow meanwhile, and pays for that once. */
const fewParts = 8
/** Units of depth of one such method. */
const depth = 4

/** Whether the list's species is the ordinary array, whatever the script has changed. */
export function isPlain(list) {
  if (!isArray(list)) return true
  return !isProxy(list) && getPrototypeOf(list) === arrays && !hasOwn(list, 'constructor')
}

/** Whether `concat` cannot run code that changes the parts or makes them much longer. */
export function arePlain(list, parts) {
  if (!isPlain(list) || !isPlainPart(list)) return false
  const { length } = parts
  for (let i = 0; i < length; i++) if (!isPlainPart(parts[i])) return false
  if (length <= fewParts) return true
  const known = new NativeSet()
  let count = 0
  for (let i = 0; i < length; i++) {
    if (!isArray(parts[i])) continue
    addToSet(known, parts[i])
    count += 1
  }
  return setSize(known) === count
}

function isPlainPart(part) {
  return !isObject(part) || (!isProxy(part) && dataOf(part, spreadable) === undefined)
}

/** An empty list of the kind that methods of arrays make: ArraySpeciesCreate of the specification. */
export function speciesOf(list, length) {
  let Class
  if (isArray(list)) {
    Class = list.constructor
    if (isObject(Class)) {
      Class = Class[species]
      if (Class === null) Class = undefined
    }
  }
  if (Class === undefined || Class === NativeArray) {
    if (length > longestArray) return new NativeArray(-1)
    return []
  }
  lengthFor(Class, length)
  return construct(Class, [length])
}

/** Stores one item in an object that a class has made. Throws as the engine does. */
export function place(target, index, value) {
  const item = { __proto__: null, value, writable: true, enumerable: true, configurable: true }
  if (isFloatArray(target)) item.value = cleanValue(value)
  defineProperty(target, index, item)
}

/** Whether items can be appended one after the other. */
function isFresh(target) {
  return isArray(target) && isPlain(target) && target.length === 0
}

function makerOf(target) {
  const isList = isFresh(target)
  return (index, value) => {
    if (isList && index === target.length) append(target, value)
    else place(target, index, value)
  }
}

/** Lets the engine refuse a callback that is no function, with its own message. */
function requireVisitor(visit) {
  if (typeof visit !== 'function') a.map([], visit)
}

function setLength(target, length) {
  target.length = newLength(target, length)
}

function toLength(length) {
  const items = whole(length)
  return items > 0 ? (items < longest ? items : longest) : 0
}

function whole(value) {
  return trunc(+numeric(value)) || 0
}

function fromEnd(value, length) {
  const index = whole(value)
  if (index < 0) return length + index > 0 ? length + index : 0
  return index < length ? index : length
}

const methods = {
  concat(list, parts) {
    const target = speciesOf(list, 0)
    const put = makerOf(target)
    let end = 0
    for (let p = -1; p < parts.length; p++) {
      const part = p < 0 ? list : parts[p]
      charge(price.concat.takenItems)
      if (isSpread(part)) {
        const length = toLength(part.length)
        if (end + length > longest) throw new TypeError('too many items')
        for (let i = 0; i < length; i++, end++) {
          charge(price.concat.takenItems)
          if (i in part) put(end, part[i])
        }
      } else put(end++, part)
    }
    setLength(target, end)
    return target
  },
  filter(list, [visit, self]) {
    const length = toLength(list.length)
    requireVisitor(visit)
    const target = speciesOf(list, 0)
    const put = makerOf(target)
    let end = 0
    for (let i = 0; i < length; i++) {
      charge(price.filter.takenItems)
      if (!(i in list)) continue
      const item = list[i]
      if (apply(visit, self, [item, i, list])) put(end++, item)
    }
    return target
  },
  flatMap(list, [visit, self]) {
    const length = toLength(list.length)
    requireVisitor(visit)
    const target = speciesOf(list, 0)
    const put = makerOf(target)
    let end = 0
    for (let i = 0; i < length; i++) {
      charge(price.flatMap.takenItems)
      if (!(i in list)) continue
      const part = apply(visit, self, [list[i], i, list])
      if (isArray(part)) {
        const count = toLength(part.length)
        for (let k = 0; k < count; k++) {
          charge(price.flatMap.takenItems)
          if (k in part) put(end++, part[k])
        }
      } else put(end++, part)
    }
    return target
  },
  map(list, [visit, self]) {
    const length = toLength(list.length)
    requireVisitor(visit)
    const target = speciesOf(list, length)
    const isOurs = isFresh(target)
    const put = makerOf(target)
    for (let i = 0; i < length; i++) {
      charge(price.map.takenItems)
      if (i in list) put(i, apply(visit, self, [list[i], i, list]))
    }
    if (isOurs && target.length < length) setLength(target, length)
    return target
  },
  slice(list, [start, end]) {
    const length = toLength(list.length)
    const first = fromEnd(start, length)
    const last = end === undefined ? length : fromEnd(end, length)
    const target = speciesOf(list, last > first ? last - first : 0)
    const put = makerOf(target)
    let count = 0
    for (let i = first; i < last; i++, count++) {
      charge(price.slice.takenItems)
      if (i in list) put(count, list[i])
    }
    setLength(target, count)
    return target
  },
  splice(list, given) {
    const length = toLength(list.length)
    const start = given.length === 0 ? 0 : fromEnd(given[0], length)
    const added = given.length > 2 ? given.length - 2 : 0
    let removed = 0
    if (given.length === 1) removed = length - start
    else if (given.length > 1) {
      const wanted = whole(given[1])
      removed = wanted > 0 ? (wanted < length - start ? wanted : length - start) : 0
    }
    if (length + added - removed > longest) throw new TypeError('too many items')
    const target = speciesOf(list, removed)
    const put = makerOf(target)
    for (let i = 0; i < removed; i++) {
      charge(price.splice.takenItems)
      if (start + i in list) put(i, list[start + i])
    }
    setLength(target, removed)
    if (added < removed) {
      for (let i = start; i < length - removed; i++) move(list, i + removed, i + added)
      for (let i = length; i > length - removed + added; i--) remove(list, i - 1)
    } else if (added > removed) {
      for (let i = length - removed; i > start; i--) move(list, i + removed - 1, i + added - 1)
    }
    for (let i = 0; i < added; i++) list[start + i] = given[i + 2]
    list.length = length - removed + added
    return target
  },
}

function move(list, from, to) {
  charge(price.splice.takenItems)
  if (from in list) list[to] = list[from]
  else delete list[to]
}

function remove(list, index) {
  charge(price.splice.takenItems)
  delete list[index]
}

function isSpread(part) {
  if (!isObject(part)) return false
  const given = part[spreadable]
  return given === undefined ? isArray(part) : Boolean(given)
}

/** Runs one of these methods. It runs on the engine's own stack, so it counts as depth. */
export function bySpecies(name, list, given) {
  enter(depth)
  try {
    return methods[name](list, given)
  } finally {
    leave(depth)
  }
}
