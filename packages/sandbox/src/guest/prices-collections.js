/** Objects, Maps and Sets: what lists, copies, groups or goes over entries. */

import { digitsOf } from './bigints.js'
import { linked } from './chains.js'
import { charge } from './meter.js'
import { metered, meteredSteps, sizeOf } from './metered-iterables.js'
import { newLength } from './operators.js'
import { wrapConstructor } from './priced-constructors.js'
import { flat, rate } from './prices.js'
import {
  dataOf,
  isObject,
  isProxy,
  itemsOf,
  pay,
  payForTable,
  unitsOf,
  wrap,
  wrapOne,
} from './pricing.js'
import {
  addWeak,
  apply,
  isArray,
  mapSize,
  methodsOf,
  ownKeys,
  setSize,
  setWeak,
  typedArrayName,
} from './primordials.js'

const o = methodsOf(Object)
const { for: symbolFor } = methodsOf(Symbol)
const { assign } = Object
const m = methodsOf(Map.prototype)
const st = methodsOf(Set.prototype)

export function installCollectionPrices() {
  wrap(Object, listing)
  wrap(Object, {
    ...fixing('freeze'),
    ...fixing('seal'),
    ...fixing('isFrozen'),
    ...fixing('isSealed'),
  })
  wrap(Object, copying)
  wrap(Reflect, {
    ownKeys(object) {
      payForKeys(object, rate.key)
      return listed(ownKeys(object), object, rate.key)
    },
  })
  for (const name of ['Map', 'WeakMap', 'Set', 'WeakSet']) {
    wrapConstructor(name, (given) => {
      if (given.length > 0 && given[0] !== undefined && given[0] !== null)
        given[0] = metered(given[0], rate.entry)
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
  wrap(Symbol, {
    for(name) {
      const text = `${name}`
      charge(flat.symbol + text.length)
      return symbolFor(undefined, text)
    },
  })
  wrap(Map, {
    groupBy(items, name) {
      return groupMap(this, metered(items, rate.entry), name)
    },
  })
  for (const name of setMethods) withSet(name)
}
const groupMap = methodsOf(Map).groupBy

/** Pays for the keys of an array, a string or bytes; those of other objects are only known when they are listed. */
function payForKeys(object, price) {
  const isSized = isArray(object) || typeof object === 'string'
  pay(
    isSized || (isObject(object) && !isProxy(object) && typedArrayName(object) !== undefined)
      ? itemsOf(object)
      : 0,
    price,
  )
  return !isSized
}

/** The engine needs the keys at hand, and an object has as many as were paid for one by one. */
function listed(keys, object, price) {
  const paid = isArray(object) ? object.length : 0
  if (keys.length > paid) payForTable(keys.length - paid, price)
  return keys
}

const listing = {
  keys(object) {
    payForKeys(object, rate.key)
    return listed(o.keys(undefined, object), object, rate.key)
  },
  values(object) {
    payForKeys(object, rate.entry)
    return listed(o.values(undefined, object), object, rate.entry)
  },
  entries(object) {
    payForKeys(object, rate.entry)
    return listed(o.entries(undefined, object), object, rate.entry)
  },
  getOwnPropertyNames(object) {
    payForKeys(object, rate.key)
    return listed(o.getOwnPropertyNames(undefined, object), object, rate.key)
  },
  getOwnPropertySymbols(object) {
    payForKeys(object, rate.key)
    return listed(o.getOwnPropertySymbols(undefined, object), object, rate.key)
  },
  getOwnPropertyDescriptors(object) {
    payForOwn(object)
    return o.getOwnPropertyDescriptors(undefined, object)
  },
}

/** Pays for all own properties; a proxy pays by itself. */
function payForOwn(object) {
  const isPlain = isObject(object) && !isProxy(object)
  payForTable(
    isPlain ? (isArray(object) ? object.length : ownKeys(object).length) : unitsOf(object),
    rate.entry,
  )
}

function fixing(name) {
  const native = o[name]
  return {
    [name](object) {
      payForOwn(object)
      return native(undefined, object)
    },
  }
}

const copying = {
  assign(...given) {
    for (let i = 1; i < given.length; i++) {
      payForOwn(given[i])
      if (isArray(given[0]) && isObject(given[i])) newLength(given[0], dataOf(given[i], 'length'))
      else if (typeof given[0] === 'function' && isObject(given[i])) {
        linked(dataOf(given[i], 'prototype'))
      }
    }
    return apply(assign, undefined, given)
  },
  defineProperties(object, properties) {
    payForOwn(properties)
    if (typeof object === 'function' && isObject(properties)) {
      const property = dataOf(properties, 'prototype')
      if (isObject(property)) linked(dataOf(property, 'value'))
    }
    return o.defineProperties(undefined, object, properties)
  },
  create(prototype, properties) {
    charge(flat.object)
    linked(prototype)
    if (properties === undefined) return o.create(undefined, prototype)
    payForOwn(properties)
    return o.create(undefined, prototype, properties)
  },
  fromEntries(entries) {
    return o.fromEntries(undefined, metered(entries, rate.entry))
  },
  groupBy(items, name) {
    return o.groupBy(undefined, metered(items, rate.entry), name)
  },
}

/** UTF-16 units of a key that cost nothing of their own. */
const shortKey = 256
/** UTF-16 units from which on the engine finds all keys of one length in one place. */
const hashedKey = 16_383
/** Entries that a lookup may go over for one unit, as a power of two. */
const chainShift = 2
/** Units of a key that one of fuel pays for, as a power of two. */
const keyShift = 4

/**
 * A long key is read to its end. Keys that are BigInts or fractions can be chosen so that the engine finds them all in one place, and
 * then it goes over all of them: they pay for as many as there are.
 */
function payForLookup(table, key, sizeOfTable) {
  if (typeof key === 'string') {
    if (key.length > shortKey) charge(key.length >> keyShift)
    if (key.length > hashedKey) charge(sizeOfTable(table) >> chainShift)
  } else if (typeof key === 'bigint' || (typeof key === 'number' && (key | 0) !== key)) {
    charge(sizeOfTable(table) >> chainShift)
    if (typeof key === 'bigint') charge(digitsOf(key))
  }
}

const maps = {
  set(key, value) {
    charge(flat.entryMade)
    if (typeof key !== 'object') payForLookup(this, key, mapSize)
    return m.set(this, key, value)
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
    return m.delete(this, key)
  },
  forEach(visit, self) {
    pay(mapSize(this), rate.visitItem)
    return m.forEach(this, visit, self)
  },
}

const sets = {
  add(key) {
    charge(flat.entryMade)
    if (typeof key !== 'object') payForLookup(this, key, setSize)
    return st.add(this, key)
  },
  has(key) {
    if (typeof key !== 'object') payForLookup(this, key, setSize)
    return st.has(this, key)
  },
  delete(key) {
    if (typeof key !== 'object') payForLookup(this, key, setSize)
    return st.delete(this, key)
  },
  forEach(visit, self) {
    pay(setSize(this), rate.visitItem)
    return st.forEach(this, visit, self)
  },
}

const setMethods = [
  'union',
  'intersection',
  'difference',
  'symmetricDifference',
  'isSubsetOf',
  'isSupersetOf',
  'isDisjointFrom',
]

/** What goes over two sets. One that is not of the engine is asked for its keys in steps that pay. */
function withSet(name) {
  const native = st[name]
  wrapOne(
    Set.prototype,
    name,
    {
      [name](other) {
        const size = sizeOf(other)
        pay(setSize(this) + (size > 0 ? size : 0), rate.entry)
        return native(this, size >= 0 || !isObject(other) ? other : meteredSet(other))
      },
    }[name],
  )
}

function meteredSet(other) {
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
      return typeof keys === 'function'
        ? () => meteredSteps(apply(keys, other, []), rate.entry)
        : keys
    },
  }
}
