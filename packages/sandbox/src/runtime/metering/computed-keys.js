/**
 * Places that a script writes to by a computed name. One far behind the end of an array may make the engine take memory for all that
 * lies between; and a name may be that of a length, or of what objects will inherit from.
 */

import { asNumber, hasOwn, isArray, trunc, typedArrayName, unitAt } from '../core/primordials.js'
import { isFloatArray, writtenTo } from './float-values.js'
import { charge } from './meter.js'
import { newLength } from './operators.js'
import { isObject, isProxy } from './pricing.js'
import { linkedBy } from './prototype-chains.js'

const NativeProxy = Proxy
const { isView } = ArrayBuffer

/** Places behind the end that cost nothing of their own. */
const near = 16
/** Free places that an array has at most: as many more as it has items, half of them and a few. */
const spare = 16
/** From so many free places on the engine keeps a table and no list. */
const tableGap = 1_024
/** From so many items on the engine keeps a table for a list whose places are mostly free. */
const tableItems = 8_192
/** Units for a free place: the engine takes half as many again. */
const perPlace = 3
/** Units for an entry of a table that stands for a list. */
const perEntry = 64
/** A number beyond it names a property, and no place. */
const lastPlace = 0xfffffffe
/** More than the items of any typed array. */
const everything = 0x7fffffff
/** What stands in the place of an object that is given one property. */
const standIn = 128

/**
 * Pays for a place that a number names, and gives the number up to which others in the same object cost nothing more: what an array
 * takes when it grows by itself. It may become shorter later, but it was paid for once.
 */
export function boundFor(object, index) {
  if (isView(object)) return everything
  if (!isObject(object) || isProxy(object)) return 0
  payForPlace(object, index)
  if (!isArray(object)) return 0
  const { length } = object
  const items = length > index ? length : index + 1
  return items < tableItems * tableItems ? items + (items >> 1) + near : 0
}

/** What to write to by a name that is no number: the object, once it has paid, or what stands for it. */
export function owner(object, name) {
  if (!isObject(object) || isProxy(object)) return object
  if (typeof name === 'number') {
    payForPlace(object, name)
    return object
  }
  // Then an array of floats is only given back to be written to by a number.
  if (isFloatArray(object)) return standInFor(object)
  switch (typeof name) {
    case 'string':
      if (
        name === 'length' ? isArray(object) : name === 'prototype' && typeof object === 'function'
      )
        return standInFor(object)
      payForName(object, name)
      return object
    case 'bigint':
      payForPlace(object, asNumber(name))
      return object
    case 'object':
    case 'function':
      return name === null ? object : standInFor(object)
    default:
      return object
  }
}

/** The same before a built-in writes. */
export function payForWrite(object, name) {
  if (!isObject(object) || isProxy(object)) return
  if (typeof name === 'number') payForPlace(object, name)
  else if (typeof name === 'string') payForName(object, name)
}

/** Converts a property name to text once, and pays for it. */
export function standInFor(object) {
  charge(standIn)
  return new NativeProxy(
    {},
    {
      __proto__: null,
      get: (_target, name) => object[name],
      set(_target, name, value) {
        const cleaned = writtenTo(object, name, value)
        if (name === 'length') newLength(object, cleaned)
        else if (name === 'prototype') linkedBy(object, name, cleaned)
        else payForWrite(object, name)
        object[name] = cleaned
        return true
      },
    },
  )
}

/** `a['1000']` is `a[1000]`. */
function payForName(object, name) {
  const index = placeOf(name)
  if (index >= 0) payForPlace(object, index)
}

/** The place that a name is, or -1: `1000` is one; `1st`, `007` and `1e3` are names like any other. */
function placeOf(name) {
  if (name.length === 0 || name.length > 10) return -1
  const unit = unitAt(name, 0)
  if (unit < 48 || unit > 57) return -1
  const index = +name
  return `${index}` === name && trunc(index) === index && index <= lastPlace ? index : -1
}

/**
 * Pays for the far places among the keys of an object that is copied, or that the engine has made. Numbers are the first of them, in
 * their order.
 */
export function payForPlaces(keys) {
  let end = 0
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]
    const index = typeof key === 'string' ? placeOf(key) : -1
    if (index < 0) return
    payForGap(index, end)
    end = index + 1
  }
}

function payForPlace(object, index) {
  if (!(index >= near) || index > lastPlace || trunc(index) !== index) return
  if (isArray(object)) payForGap(index, object.length)
  else if (typedArrayName(object) === undefined && !hasOwn(object, index))
    payForGap(index, endBefore(object, index))
}

/** An object does not say how many items it has: one past the nearest that is found, looking in steps that double. */
function endBefore(object, index) {
  for (let step = 1; step <= index && step <= tableItems; step *= 2)
    if (hasOwn(object, index - step)) return index - step + 1
  return 0
}

function payForGap(index, length) {
  const gap = index - length
  if (gap < near) return
  const isTable = index - 1.5 * length - spare >= tableGap
  charge(isTable || length > tableItems ? perEntry : perEntry + perPlace * gap)
}
