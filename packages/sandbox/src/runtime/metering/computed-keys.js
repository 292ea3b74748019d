/**
 * Writes by a computed name. A write far behind the end of an array may make the engine allocate everything between. A name may also be a
 * length, or the prototype from which objects will inherit.
 */

import { asNumber, hasOwn, isArray, trunc, typedArrayName, unitAt } from '../core/primordials.js'
import { isFloatArray, writtenTo } from './float-values.js'
import { charge } from './meter.js'
import { newLength } from './operators.js'
import { isObject, isProxy } from './pricing.js'
import { linkedBy } from './prototype-chains.js'

const NativeProxy = Proxy
const { isView } = ArrayBuffer

/** Indexes behind the end that are free of charge. */
const near = 16
/** Maximum free slots of an array: half of its items and a few more. */
const spare = 16
/** From this many free slots on, the engine stores a table instead of a list. */
const tableGap = 1_024
/** From this many items on, the engine stores a mostly empty list as a table. */
const tableItems = 8_192
/** Units for a free slot. The engine allocates half as many again. */
const perPlace = 3
/** Units for an entry of a table that replaces a list. */
const perEntry = 64
/** A larger number names a property, and no index. */
const lastPlace = 0xfffffffe
/** Larger than the length of any typed array. */
const everything = 0x7fffffff
/** Units of a stand-in for an object that gets one property. */
const standIn = 128

/**
 * Pays for a numeric index. Returns the bound below which other indexes of the same object cost nothing more, because the array's own
 * growth covers them. The array may become shorter later, but the script has paid once.
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

/** The target of a write by a name that is not a number: the object, once it has paid, or a stand-in. */
export function owner(object, name) {
  if (!isObject(object) || isProxy(object)) return object
  if (typeof name === 'number') {
    payForPlace(object, name)
    return object
  }
  // So this returns an array of floats itself only for a write at a number.
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

/** Pays before a built-in writes. */
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

/** The index that a name means, or -1. `1000` is an index; `1st`, `007` and `1e3` are ordinary names. */
function placeOf(name) {
  if (name.length === 0 || name.length > 10) return -1
  const unit = unitAt(name, 0)
  if (unit < 48 || unit > 57) return -1
  const index = +name
  return `${index}` === name && trunc(index) === index && index <= lastPlace ? index : -1
}

/**
 * Pays for the far indexes among the keys of an object that is copied, or that the engine has made. Numeric keys come first, in ascending
 * order.
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

/** An object does not tell its number of items, so this searches for the end near an index, in steps that double. */
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
