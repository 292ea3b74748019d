/**
 * Meters iterations inside the engine. Lists of the engine's own pay for their size at once. For any other iterable, a stand-in pays for
 * each step.
 */

import {
  apply,
  getPrototypeOf,
  hasOwn,
  isArray,
  mapSize,
  setSize,
  typedArrayLength,
  typedArrayName,
} from '../core/primordials.js'
import { charge, enter, leave } from './meter.js'
import { flat, rate } from './prices.js'
import { dataOf, isObject, isProxy, pay } from './pricing.js'

const { iterator } = Symbol
const arrays = Array.prototype
const typedIterator = getPrototypeOf(Uint8Array.prototype)[iterator]
const sets = Set.prototype
const maps = Map.prototype

/** Pays `price` for each item of an iterable, and returns the iterable or its stand-in. */
export function metered(items, price) {
  const size = sizeOf(items)
  if (size >= 0) {
    pay(size, isTable(items) ? price + rate.tableItem : price)
    return items
  }
  charge(flat.call)
  if (!isObject(items) || isProxy(items)) return items
  const start = items[iterator]
  if (typeof start !== 'function') return items
  return {
    __proto__: null,
    [iterator]() {
      return meteredSteps(apply(start, items, []), price)
    },
  }
}

/** Whether the value is a Map or a Set. The engine visits those by steps of their iterators. */
function isTable(items) {
  if (typeof items !== 'object') return false
  const prototype = getPrototypeOf(items)
  return prototype === sets || prototype === maps
}

/** An iterator that pays for each step of another. `run` calls a method of the other. */
function paying(steps, price, run) {
  if (!isObject(steps)) return steps
  const { next } = steps
  return {
    __proto__: null,
    next() {
      charge(rate.step + price)
      return run(next, steps)
    },
    get return() {
      const close = steps.return
      return typeof close === 'function' ? () => run(close, steps) : close
    },
  }
}

const once = (method, steps) => apply(method, steps, [])

/** An iterator that pays for each step of another. */
export const meteredSteps = (steps, price) => paying(steps, price, once)

/** The same for iterators within iterators, which recurse on the engine's own stack. */
export const nestedSteps = (steps, price) => paying(steps, price, deeper)

/** Units of depth of one step of such an iterator. */
const stepDepth = 2

function deeper(run, steps) {
  enter(stepDepth)
  try {
    return apply(run, steps, [])
  } finally {
    leave(stepDepth)
  }
}

/** Number of items of a list that the engine iterates in its own way; −1 for anything else. */
export function sizeOf(items) {
  if (typeof items === 'string') return items.length
  if (!isObject(items) || isProxy(items)) return -1
  if (isArray(items)) {
    return getPrototypeOf(items) === arrays && !hasOwn(items, iterator) ? items.length : -1
  }
  const prototype = getPrototypeOf(items)
  if (prototype === sets) return hasOwn(items, iterator) ? -1 : setSize(items)
  if (prototype === maps) return hasOwn(items, iterator) ? -1 : mapSize(items)
  if (typedArrayName(items) === undefined || dataOf(items, iterator) !== typedIterator) return -1
  return typedArrayLength(items)
}
