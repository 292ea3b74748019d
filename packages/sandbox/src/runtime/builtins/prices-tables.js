/** Maps and Sets: what makes, finds, groups or goes over entries. */

import {
  addWeak,
  apply,
  eachOfMap,
  eachOfSet,
  hasOwn,
  keys,
  mapSize,
  methodsOf,
  NativeSet,
  setSize,
  setWeak,
} from '../core/primordials.js'
import { digitsOf } from '../metering/bigints.js'
import {
  countAll,
  countCollision,
  forgetKey,
  forgetKeys,
  hashedKey,
  isChosen,
  payForCollisions,
} from '../metering/hash-collisions.js'
import { charge } from '../metering/meter.js'
import { metered, meteredSteps, sizeOf } from '../metering/metered-iterables.js'
import { wrapConstructor } from '../metering/priced-constructors.js'
import { flat, pricesOf } from '../metering/prices.js'
import { isObject, pay, wrap, wrapOne } from '../metering/pricing.js'

const price = pricesOf('globalThis')
const groupPrice = pricesOf('Map').groupBy.iterated
const mapPrice = pricesOf('Map.prototype')
const setPrice = pricesOf('Set.prototype')
const m = methodsOf(Map.prototype)
const st = methodsOf(Set.prototype)
const groupMap = methodsOf(Map).groupBy

export function installTablePrices() {
  for (const name of ['Map', 'WeakMap', 'Set', 'WeakSet']) {
    wrapConstructor(name, (given) => {
      charge(flat.object)
      if (given.length > 0 && given[0] !== undefined && given[0] !== null)
        given[0] = metered(given[0], price[name].iterated)
    })
  }
  wrap(Map.prototype, maps)
  wrap(Set.prototype, sets)
  wrap(WeakMap.prototype, {
    set(key, value) {
      charge(2 * flat.entryMade)
      return setWeak(this, key, value)
    },
  })
  wrap(WeakSet.prototype, {
    add(key) {
      charge(2 * flat.entryMade)
      return addWeak(this, key)
    },
  })
  wrap(Map, {
    groupBy(items, name) {
      const counted = metered(items, groupPrice)
      if (typeof name !== 'function') return groupMap(this, counted, name)
      // Keys that the engine will find in one place are found there before, where they pay.
      const known = new NativeSet()
      const made = groupMap(this, counted, (item, i) => {
        const key = name(item, i)
        if (isChosen(key)) apply(sets.add, known, [key])
        return key
      })
      if (setSize(known) !== 0) countAll(made, mapSize(made), eachOfMap)
      return made
    },
  })
  for (const name of keys(setPrice))
    if (!hasOwn(sets, name)) withSet(name, setPrice[name].bothItems)
}

/** UTF-16 units of a key that cost nothing of their own. */
const shortKey = 256
/** Entries that a lookup may go over for one unit, as a power of two. */
const chainShift = 2
/** Units of a key that one of fuel pays for, as a power of two. */
const keyShift = 4

/**
 * A long key is read to its end. Keys that are BigInts or fractions can be chosen so that the engine finds them all in one place, and
 * then it goes over all of them: they pay for as many as there are. Whole numbers pay for those that were (hash-collisions.js).
 */
function payForLookup(table, key, sizeOfTable) {
  if (typeof key === 'string') {
    if (key.length > shortKey) charge(key.length >> keyShift)
    if (key.length > hashedKey) charge(sizeOfTable(table) >> chainShift)
  } else if (typeof key === 'number') {
    if ((key | 0) === key) payForCollisions(table, key)
    else charge(sizeOfTable(table) >> chainShift)
  } else if (typeof key === 'bigint') {
    charge((sizeOfTable(table) >> chainShift) + digitsOf(key))
  }
}

const maps = {
  set(key, value) {
    charge(flat.entryMade)
    if (typeof key !== 'object') payForLookup(this, key, mapSize)
    if (!isChosen(key)) return m.set(this, key, value)
    const before = mapSize(this)
    m.set(this, key, value)
    const size = mapSize(this)
    if (size > before) countCollision(this, key, size, eachOfMap)
    return this
  },
  get(key) {
    if (typeof key !== 'object') payForLookup(this, key, mapSize)
    return m.get(this, key)
  },
  has(key) {
    if (typeof key !== 'object') payForLookup(this, key, mapSize)
    return m.has(this, key)
  },
  delete(key) {
    if (typeof key !== 'object') payForLookup(this, key, mapSize)
    const isGone = m.delete(this, key)
    if (isGone && isChosen(key)) forgetKey(this, key)
    return isGone
  },
  clear() {
    m.clear(this)
    forgetKeys(this)
  },
  forEach(visit, self) {
    pay(mapSize(this), mapPrice.forEach.items)
    return m.forEach(this, visit, self)
  },
}

const sets = {
  add(key) {
    charge(flat.entryMade)
    if (typeof key !== 'object') payForLookup(this, key, setSize)
    if (!isChosen(key)) return st.add(this, key)
    const before = setSize(this)
    st.add(this, key)
    const size = setSize(this)
    if (size > before) countCollision(this, key, size, eachOfSet)
    return this
  },
  has(key) {
    if (typeof key !== 'object') payForLookup(this, key, setSize)
    return st.has(this, key)
  },
  delete(key) {
    if (typeof key !== 'object') payForLookup(this, key, setSize)
    const isGone = st.delete(this, key)
    if (isGone && isChosen(key)) forgetKey(this, key)
    return isGone
  },
  clear() {
    st.clear(this)
    forgetKeys(this)
  },
  forEach(visit, self) {
    pay(setSize(this), setPrice.forEach.items)
    return st.forEach(this, visit, self)
  },
}

/** Operations on two sets. A set-like object gives its keys in paid steps. */
function withSet(name, units) {
  const native = st[name]
  wrapOne(
    Set.prototype,
    name,
    {
      [name](other) {
        const size = sizeOf(other)
        pay(setSize(this) + (size > 0 ? size : 0), units)
        const made = native(this, size >= 0 || !isObject(other) ? other : meteredSet(other, units))
        if (typeof made === 'object') countAll(made, setSize(made), eachOfSet)
        return made
      },
    }[name],
  )
}

function meteredSet(other, units) {
  return {
    __proto__: null,
    get size() {
      return other.size
    },
    get has() {
      const has = other.has
      return typeof has === 'function' ? (key) => apply(has, other, [key]) : has
    },
    get keys() {
      const keys = other.keys
      return typeof keys === 'function' ? () => meteredSteps(apply(keys, other, []), units) : keys
    },
  }
}
