/**
 * Sorting. Engines differ in which pairs they compare and in which order; a comparator and the fuel would show it. Ours is a stable
 * bottom-up merge sort that starts from runs of eight, sorted by insertion. Numbers of a typed array have one order, so without a
 * comparator the engine sorts them.
 */

import {
  append,
  apply,
  construct,
  getPrototypeOf,
  give,
  isArray,
  toObject,
  trunc,
  typedArrayLength,
  typedArrayName,
  typedArrays,
} from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { pricesOf } from '../metering/prices.js'
import { compareTexts, levels, pay } from '../metering/pricing.js'

const price = pricesOf('Array.prototype')
const typedPrice = pricesOf('%TypedArray%.prototype')
const runLength = 8
const longest = 2 ** 53 - 1

export function installSort() {
  const arrays = Array.prototype
  const typed = getPrototypeOf(Uint8Array.prototype)
  const plain = { typed: typed.sort, typedCopy: typed.toSorted }
  const forArrays = {
    sort(compare) {
      requireComparator(compare)
      const object = toObject(this)
      const length = lengthOf(object)
      pay(length, levels(length) * price.sort.sortedItems)
      const list = []
      let count = 0
      let undefinedCount = 0
      for (let i = 0; i < length; i++) {
        if (!(i in object)) continue
        const item = object[i]
        if (item === undefined) undefinedCount += 1
        else {
          append(list, item)
          count += 1
        }
      }
      const sorted = sortList(list, count, compare ?? compareTexts)
      for (let i = 0; i < count; i++) object[i] = sorted[i]
      for (let i = 0; i < undefinedCount; i++) object[count + i] = undefined
      for (let i = count + undefinedCount; i < length; i++) if (i in object) delete object[i]
      return object
    },
    toSorted(compare) {
      requireComparator(compare)
      const object = toObject(this)
      const length = lengthOf(object)
      pay(length, levels(length) * price.toSorted.sortedItems)
      const list = []
      let count = 0
      for (let i = 0; i < length; i++) {
        const item = object[i]
        if (item === undefined) continue
        append(list, item)
        count += 1
      }
      const copy = []
      const sorted = sortList(list, count, compare ?? compareTexts)
      for (let i = 0; i < length; i++) append(copy, i < count ? sorted[i] : undefined)
      return copy
    },
  }
  const forTyped = {
    sort(compare) {
      requireComparator(compare)
      if (compare === undefined || typedArrayName(this) === undefined) {
        return apply(plain.typed, this, [compare])
      }
      fill(this, sortElements(this, compare, typedPrice.sort))
      return this
    },
    toSorted(compare) {
      requireComparator(compare)
      if (compare === undefined || typedArrayName(this) === undefined) {
        return apply(plain.typedCopy, this, [compare])
      }
      const copy = construct(typedArrays[typedArrayName(this)], [typedArrayLength(this)])
      fill(copy, sortElements(this, compare, typedPrice.toSorted))
      return copy
    },
  }
  replace(arrays, forArrays)
  replace(typed, forTyped)
}

function replace(prototype, { sort, toSorted }) {
  give(prototype, 'sort', sort)
  give(prototype, 'toSorted', toSorted)
}

function requireComparator(compare) {
  if (compare === undefined || typeof compare === 'function') return
  throw makeError('TypeError', 'a comparator is a function', 'ERR_INVALID_ARG_TYPE')
}

function lengthOf(object) {
  if (isArray(object)) return object.length
  const length = trunc(+object.length)
  return length > 0 ? (length < longest ? length : longest) : 0
}

function sortElements(array, compare, { comparedItems }) {
  const length = typedArrayLength(array)
  pay(length, levels(length) * comparedItems)
  const list = []
  for (let i = 0; i < length; i++) append(list, array[i])
  return sortList(list, length, compare)
}

/** Drops items that no longer fit because the comparator made the array shorter. */
function fill(array, list) {
  const length = typedArrayLength(array)
  for (let i = 0; i < length && i < list.length; i++) array[i] = list[i]
}

/** Sorts the first `count` items. Returns the list that holds them. */
function sortList(list, count, compare) {
  const isAfter = (a, b) => +apply(compare, undefined, [a, b]) > 0
  for (let start = 0; start < count; start += runLength) {
    const end = start + runLength < count ? start + runLength : count
    for (let i = start + 1; i < end; i++) {
      const item = list[i]
      let at = i
      for (; at > start && isAfter(list[at - 1], item); at--) list[at] = list[at - 1]
      list[at] = item
    }
  }
  let from = list
  let to = []
  for (let i = 0; i < count; i++) append(to, undefined)
  for (let width = runLength; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      merge(from, to, start, width, count, isAfter)
    }
    const other = from
    from = to
    to = other
  }
  return from
}

function merge(from, to, start, width, count, isAfter) {
  const middle = start + width < count ? start + width : count
  const end = middle + width < count ? middle + width : count
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    if (left < middle && (right >= end || !isAfter(from[left], from[right]))) to[at] = from[left++]
    else to[at] = from[right++]
  }
}
