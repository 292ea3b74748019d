/** Arrays: every method that goes over items pays for them first. `push`, `pop`, `at` and the iterators take one step and stay as they are. */

import { apply, isArray, methodsOf, toObject } from '../core/primordials.js'
import { flattening } from '../metering/array-flat.js'
import { joining } from '../metering/array-join.js'
import { arePlain, bySpecies, isPlain } from '../metering/array-species.js'
import { charge } from '../metering/meter.js'
import { metered, meteredSteps } from '../metering/metered-iterables.js'
import { flat, rate } from '../metering/prices.js'
import {
  compareTexts,
  dataOf,
  isObject,
  isProxy,
  itemsOf,
  levels,
  pay,
  payForSearch,
  wrap,
} from '../metering/pricing.js'
import { withLength } from '../metering/proxied-lists.js'

const a = methodsOf(Array.prototype)
const s = methodsOf(Array)
const { concat, splice, toSpliced, unshift, lastIndexOf } = Array.prototype
const { of, fromAsync } = Array
const { asyncIterator, isConcatSpreadable: spreadable, iterator } = Symbol

/** The engine moves all items of an array that is too large to be shifted in place. */
const shiftedInPlace = 16_384

export function installArrayPrices() {
  wrap(Array.prototype, moving)
  wrap(Array.prototype, searching)
  wrap(Array.prototype, ordering)
  wrap(Array.prototype, visiting)
  wrap(Array.prototype, flattening)
  wrap(Array.prototype, joining)
  wrap(Array, statics)
}

const moving = {
  concat(...parts) {
    if (this !== undefined && this !== null && !arePlain(this, parts))
      return bySpecies('concat', toObject(this), parts)
    let items = itemsOf(this)
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]
      items += isArray(part) || (isObject(part) && dataOf(part, spreadable)) ? itemsOf(part) : 1
    }
    pay(items, rate.moveItem)
    return apply(concat, this, parts)
  },
  copyWithin(target, start, end) {
    pay(itemsOf(this), rate.moveItem)
    return a.copyWithin(this, target, start, end)
  },
  fill(value, start, end) {
    pay(itemsOf(this), rate.moveItem)
    return a.fill(this, value, start, end)
  },
  slice(start, end) {
    if (!isPlain(this)) return bySpecies('slice', this, [start, end])
    pay(itemsOf(this), rate.moveItem)
    return a.slice(this, start, end)
  },
  splice(...given) {
    if (!isPlain(this)) return bySpecies('splice', this, given)
    pay(itemsOf(this) + given.length, rate.moveItem)
    return apply(splice, this, given)
  },
  toSpliced(...given) {
    pay(itemsOf(this) + given.length, rate.moveItem)
    return apply(toSpliced, withLength(this), given)
  },
  with(index, value) {
    pay(itemsOf(this), rate.moveItem)
    return a.with(withLength(this), index, value)
  },
  shift() {
    const items = itemsOf(this)
    pay(items > shiftedInPlace || !isArray(this) ? items : 0, rate.moveItem)
    return a.shift(this)
  },
  unshift(...given) {
    pay(itemsOf(this) + given.length, rate.moveItem)
    return apply(unshift, this, given)
  },
  reverse() {
    pay(itemsOf(this), rate.moveItem)
    return a.reverse(this)
  },
  toReversed() {
    pay(itemsOf(this), rate.moveItem)
    return a.toReversed(withLength(this))
  },
}

const searching = {
  includes(item, from) {
    payForSearch(itemsOf(this), item)
    return a.includes(this, item, from)
  },
  indexOf(item, from) {
    payForSearch(itemsOf(this), item)
    return a.indexOf(this, item, from)
  },
  // Given as undefined, the second argument is not the same as left out.
  lastIndexOf(...given) {
    payForSearch(itemsOf(this), given[0])
    return apply(lastIndexOf, this, given)
  },
}

const ordering = {
  sort(compare) {
    const items = itemsOf(this)
    pay(items, rate.sortItem * levels(items))
    return a.sort(this, compare === undefined ? compareTexts : compare)
  },
  toSorted(compare) {
    const items = itemsOf(this)
    pay(items, rate.sortItem * levels(items))
    return a.toSorted(this, compare === undefined ? compareTexts : compare)
  },
}

const visiting = {
  every(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.every(this, visit, self)
  },
  filter(visit, self) {
    if (!isPlain(this)) return bySpecies('filter', this, [visit, self])
    pay(itemsOf(this), rate.visitItem)
    return a.filter(this, visit, self)
  },
  find(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.find(this, visit, self)
  },
  findIndex(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.findIndex(this, visit, self)
  },
  findLast(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.findLast(this, visit, self)
  },
  findLastIndex(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.findLastIndex(this, visit, self)
  },
  flatMap(visit, self) {
    if (!isPlain(this)) return bySpecies('flatMap', this, [visit, self])
    pay(itemsOf(this), rate.visitItem)
    if (typeof visit !== 'function') return a.flatMap(this, visit, self)
    return a.flatMap(this, (item, i, list) => {
      const part = apply(visit, self, [item, i, list])
      charge(flat.call + (isArray(part) ? itemsOf(part) : 0))
      return part
    })
  },
  forEach(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.forEach(this, visit, self)
  },
  map(visit, self) {
    if (!isPlain(this)) return bySpecies('map', this, [visit, self])
    pay(itemsOf(this), rate.visitItem)
    return a.map(this, visit, self)
  },
  some(visit, self) {
    pay(itemsOf(this), rate.visitItem)
    return a.some(this, visit, self)
  },
  reduce(visit, first) {
    pay(itemsOf(this), rate.visitItem)
    // Without a first value it is another operation.
    return arguments.length > 1 ? a.reduce(this, visit, first) : a.reduce(this, visit)
  },
  reduceRight(visit, first) {
    pay(itemsOf(this), rate.visitItem)
    // Without a first value it is another operation.
    return arguments.length > 1 ? a.reduceRight(this, visit, first) : a.reduceRight(this, visit)
  },
}

/** What is gone over with a promise for each item: steps of an iterator pay one by one. */
function awaited(items) {
  if (isObject(items) && !isProxy(items)) {
    const start = items[asyncIterator]
    if (start !== undefined && start !== null) return items
    if (typeof items[iterator] === 'function') return metered(items, flat.promise)
  }
  pay(itemsOf(items), flat.promise)
  return items
}

/** What a proxy is to `Array.from`: an iterable, or a list that may claim any length. */
function counting(proxy) {
  const start = proxy[iterator]
  if (start === undefined || start === null) return withLength(proxy, iterator)
  return {
    __proto__: null,
    [iterator]() {
      return meteredSteps(apply(start, proxy, []), rate.visitItem)
    },
  }
}

const statics = {
  from(items, visit, self) {
    if (items === undefined || items === null) return s.from(this, items, visit, self)
    const counted = isProxy(items) ? counting(items) : metered(items, rate.visitItem)
    if (counted === items && isObject(items)) pay(itemsOf(items), rate.visitItem)
    return s.from(this, counted, visit, self)
  },
  of(...items) {
    pay(items.length, rate.moveItem)
    return apply(of, this, items)
  },
  fromAsync(items, visit, self) {
    charge(2 * flat.promise)
    if (items === undefined || items === null) return s.fromAsync(this, items, visit, self)
    return apply(fromAsync, this, [awaited(items), visit, self])
  },
}
