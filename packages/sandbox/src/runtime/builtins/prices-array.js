/** Arrays: every method that goes over items pays for them first. `push`, `pop`, `at` and the iterators take one step and stay as they are. */

import { apply, isArray, methodsOf, toObject } from '../core/primordials.js'
import { arePlain, bySpecies, isPlain } from '../metering/array-species.js'
import { charge } from '../metering/meter.js'
import { metered, meteredSteps } from '../metering/metered-iterables.js'
import { flat, pricesOf } from '../metering/prices.js'
import { dataOf, isObject, isProxy, itemsOf, pay, payForSearch, wrap } from '../metering/pricing.js'
import { withLength } from '../metering/proxied-lists.js'
import { flattening } from './array-flat.js'
import { joining } from './array-join.js'

const price = pricesOf('Array.prototype')
const arrayPrice = pricesOf('Array')
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
    pay(items, price.concat.items)
    return apply(concat, this, parts)
  },
  copyWithin(target, start, end) {
    pay(itemsOf(this), price.copyWithin.items)
    return a.copyWithin(this, target, start, end)
  },
  fill(value, start, end) {
    pay(itemsOf(this), price.fill.items)
    return a.fill(this, value, start, end)
  },
  slice(start, end) {
    if (!isPlain(this)) return bySpecies('slice', this, [start, end])
    pay(itemsOf(this), price.slice.items)
    return a.slice(this, start, end)
  },
  splice(...given) {
    if (!isPlain(this)) return bySpecies('splice', this, given)
    pay(itemsOf(this) + given.length, price.splice.items)
    return apply(splice, this, given)
  },
  toSpliced(...given) {
    pay(itemsOf(this) + given.length, price.toSpliced.items)
    return apply(toSpliced, withLength(this), given)
  },
  with(index, value) {
    pay(itemsOf(this), price.with.items)
    return a.with(withLength(this), index, value)
  },
  shift() {
    const items = itemsOf(this)
    pay(items > shiftedInPlace || !isArray(this) ? items : 0, price.shift.items)
    return a.shift(this)
  },
  unshift(...given) {
    pay(itemsOf(this) + given.length, price.unshift.items)
    return apply(unshift, this, given)
  },
  reverse() {
    pay(itemsOf(this), price.reverse.items)
    return a.reverse(this)
  },
  toReversed() {
    pay(itemsOf(this), price.toReversed.items)
    return a.toReversed(withLength(this))
  },
}

const searching = {
  includes(item, from) {
    payForSearch(itemsOf(this), item, price.includes)
    return a.includes(this, item, from)
  },
  indexOf(item, from) {
    payForSearch(itemsOf(this), item, price.indexOf)
    return a.indexOf(this, item, from)
  },
  // Given as undefined, the second argument is not the same as left out.
  lastIndexOf(...given) {
    payForSearch(itemsOf(this), given[0], price.lastIndexOf)
    return apply(lastIndexOf, this, given)
  },
}

const visiting = {
  every(visit, self) {
    pay(itemsOf(this), price.every.items)
    return a.every(this, visit, self)
  },
  filter(visit, self) {
    if (!isPlain(this)) return bySpecies('filter', this, [visit, self])
    pay(itemsOf(this), price.filter.items)
    return a.filter(this, visit, self)
  },
  find(visit, self) {
    pay(itemsOf(this), price.find.items)
    return a.find(this, visit, self)
  },
  findIndex(visit, self) {
    pay(itemsOf(this), price.findIndex.items)
    return a.findIndex(this, visit, self)
  },
  findLast(visit, self) {
    pay(itemsOf(this), price.findLast.items)
    return a.findLast(this, visit, self)
  },
  findLastIndex(visit, self) {
    pay(itemsOf(this), price.findLastIndex.items)
    return a.findLastIndex(this, visit, self)
  },
  flatMap(visit, self) {
    if (!isPlain(this)) return bySpecies('flatMap', this, [visit, self])
    pay(itemsOf(this), price.flatMap.items)
    if (typeof visit !== 'function') return a.flatMap(this, visit, self)
    return a.flatMap(this, (item, i, list) => {
      const part = apply(visit, self, [item, i, list])
      charge(flat.call + (isArray(part) ? itemsOf(part) : 0))
      return part
    })
  },
  forEach(visit, self) {
    pay(itemsOf(this), price.forEach.items)
    return a.forEach(this, visit, self)
  },
  map(visit, self) {
    if (!isPlain(this)) return bySpecies('map', this, [visit, self])
    pay(itemsOf(this), price.map.items)
    return a.map(this, visit, self)
  },
  some(visit, self) {
    pay(itemsOf(this), price.some.items)
    return a.some(this, visit, self)
  },
  reduce(visit, first) {
    pay(itemsOf(this), price.reduce.items)
    // Without a first value it is another operation.
    return arguments.length > 1 ? a.reduce(this, visit, first) : a.reduce(this, visit)
  },
  reduceRight(visit, first) {
    pay(itemsOf(this), price.reduceRight.items)
    // Without a first value it is another operation.
    return arguments.length > 1 ? a.reduceRight(this, visit, first) : a.reduceRight(this, visit)
  },
}

/** What is gone over with a promise for each item: steps of an iterator pay one by one. */
function awaited(items) {
  if (isObject(items) && !isProxy(items)) {
    const start = items[asyncIterator]
    if (start !== undefined && start !== null) return items
    if (typeof items[iterator] === 'function') return metered(items, arrayPrice.fromAsync.iterated)
  }
  pay(itemsOf(items), arrayPrice.fromAsync.iterated)
  return items
}

/** What a proxy is to `Array.from`: an iterable, or a list that may claim any length. */
function counting(proxy) {
  const start = proxy[iterator]
  if (start === undefined || start === null) return withLength(proxy, iterator)
  return {
    __proto__: null,
    [iterator]() {
      return meteredSteps(apply(start, proxy, []), arrayPrice.from.iterated)
    },
  }
}

const statics = {
  from(items, visit, self) {
    if (items === undefined || items === null) return s.from(this, items, visit, self)
    const counted = isProxy(items) ? counting(items) : metered(items, arrayPrice.from.iterated)
    if (counted === items && isObject(items)) pay(itemsOf(items), arrayPrice.from.items)
    return s.from(this, counted, visit, self)
  },
  of(...items) {
    pay(items.length, arrayPrice.of.items)
    return apply(of, this, items)
  },
  fromAsync(items, visit, self) {
    charge(2 * flat.promise)
    if (items === undefined || items === null) return s.fromAsync(this, items, visit, self)
    return apply(fromAsync, this, [awaited(items), visit, self])
  },
}
