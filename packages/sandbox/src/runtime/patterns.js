/**
 * The sources that the engine itself iterates: those of patterns, of spreads into objects, and of loop heads. If a pattern with a rest
 * element lies within another one, a stand-in replaces the outer source, and pays for what the inner pattern is about to read.
 */

import {
  apply,
  getPrototypeOf,
  getWeak,
  isArray,
  KnownMap,
  ownNames,
  setWeak,
  toObject,
  typedArrayLength,
  typedArrayName,
} from './core/primordials.js'
import { payForPlaces } from './metering/computed-keys.js'
import { charge } from './metering/meter.js'
import { metered } from './metering/metered-iterables.js'
import { rate } from './metering/prices.js'
import { isObject, isProxy, ownCount, pay, payForTable } from './metering/pricing.js'

const NativeProxy = Proxy
const { get } = Reflect
const { iterator } = Symbol
const objects = Object.prototype
const arrays = Array.prototype
/** Units of a stand-in. */
const standIn = 128
/** Stand-in → the value that it stands for. */
const origins = new KnownMap()

/** Pays for the properties of an object that is about to be copied. A proxy pays by itself. */
export function entries(value) {
  payForEntries(value, rate.entry)
  return value
}

function payForEntries(value, price) {
  if (typeof value === 'string') pay(value.length, price)
  else if (isObject(value) && !isProxy(value)) {
    if (isArray(value) || typedArrayName(value) !== undefined) payForTable(itemCount(value), price)
    else {
      // The engine visits even the properties that it does not copy.
      const names = ownNames(value)
      payForTable(ownCount(value, names), price)
      payForPlaces(names)
    }
  }
}

/** Items of a list. */
function itemCount(list) {
  return isArray(list) ? list.length : typedArrayLength(list)
}

/** Pays for the keys that a loop visits, own and inherited ones. */
export function listed(value) {
  if (typeof value === 'string') pay(value.length, rate.key)
  if (!isObject(value)) return value
  for (let holder = value; holder !== null && holder !== objects; ) {
    if (isProxy(holder)) break
    if (holder !== arrays) payForKeys(holder)
    holder = getPrototypeOf(holder)
  }
  return value
}

function payForKeys(holder) {
  const isList = isArray(holder) || typedArrayName(holder) !== undefined
  const items = isList ? itemCount(holder) : 0
  if (isList) pay(items, rate.key)
  // Pays before the engine makes the list.
  const count = ownCount(holder)
  if (count > items) payForTable(count - items, rate.listedKey)
}

/** The source of a pattern with this shape (transform/expressions/patterns.ts). */
export function nested(value, shape) {
  if (shape === 0 || value === undefined || value === null) return value
  const copies = shape[1]
  if (shape[0] === 0) {
    if (copies !== 0) payForEntries(value, copies * rate.entry)
    return shape.length === 2 ? value : objectFor(value, shape)
  }
  const price = copies === 0 ? 0 : rate.restItem + (copies - 1) * rate.entry
  const items = copies === 0 ? value : metered(value, price)
  return keep(shape.length === 2 ? items : iterableFor(items, shape), value)
}

/** The value of an assignment by a pattern is the original right side. */
export function taken(value) {
  if (!isObject(value)) return value
  const origin = getWeak(origins, value)
  return origin === undefined ? value : origin.value
}

export function keep(made, value) {
  if (made !== value) setWeak(origins, made, { __proto__: null, value })
  return made
}

/** A pattern of an object gets one property for each of its parts, in their order. */
function objectFor(value, shape) {
  charge(standIn)
  let part = 2
  const handler = {
    __proto__: null,
    get(target, name) {
      const found = get(target, name, value)
      const inner = part < shape.length ? shape[part] : 0
      part += 1
      return nested(found, inner)
    },
  }
  return keep(new NativeProxy(toObject(value), handler), value)
}

/** A pattern of a list takes one step for each of its parts, and then the rest. */
function iterableFor(items, shape) {
  charge(standIn)
  const start = items[iterator]
  if (typeof start !== 'function') return items
  return {
    __proto__: null,
    [iterator]() {
      const steps = apply(start, items, [])
      return isObject(steps) ? stepsFor(steps, shape) : steps
    },
  }
}

function stepsFor(steps, shape) {
  const { next } = steps
  let part = 2
  return {
    __proto__: null,
    next() {
      charge(rate.step)
      const step = apply(next, steps, [])
      const inner = part < shape.length ? shape[part] : 0
      part += 1
      if (inner === 0 || !isObject(step)) return step
      const done = step.done
      return done ? { done } : { done, value: nested(step.value, inner) }
    },
    get return() {
      const close = steps.return
      return typeof close === 'function' ? () => apply(close, steps, []) : close
    },
  }
}
