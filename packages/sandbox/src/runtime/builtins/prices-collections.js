/** Objects: what lists, copies, groups or goes over properties. */

import {
  apply,
  isArray,
  methodsOf,
  ownKeys,
  ownNames,
  typedArrayName,
} from '../core/primordials.js'
import { payForPlaces } from '../metering/computed-keys.js'
import { charge } from '../metering/meter.js'
import { metered } from '../metering/metered-iterables.js'
import { newLength } from '../metering/operators.js'
import { flat, pricesOf } from '../metering/prices.js'
import {
  dataOf,
  isObject,
  isProxy,
  itemsOf,
  ownCount,
  pay,
  payForTable,
  unitsOf,
  wrap,
} from '../metering/pricing.js'
import { linked } from '../metering/prototype-chains.js'

const price = pricesOf('Object')
const reflectPrice = pricesOf('Reflect')
const o = methodsOf(Object)
const { for: symbolFor } = methodsOf(Symbol)
const { assign, isExtensible } = Object

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
      payForKeys(object, reflectPrice.ownKeys.keys)
      return listed(ownKeys(object), object, reflectPrice.ownKeys)
    },
  })
  wrap(Symbol, {
    for(name) {
      const text = `${name}`
      charge(flat.symbol + text.length)
      return symbolFor(undefined, text)
    },
  })
}

/** Pays for the keys of an array, a string or bytes. The keys of other objects are known only after listing. */
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

/** The engine needs the keys at hand, and an object has as many as were paid for one by one. Those that are not listed it goes over too. */
function listed(keys, object, price) {
  const items = isArray(object) ? object.length : 0
  if (keys.length > items) payForTable(keys.length - items, price.keys)
  if (isObject(object) && !isProxy(object) && typedArrayName(object) === undefined) {
    const paid = keys.length > items ? keys.length : items
    const count = ownCount(object)
    if (count > paid) payForTable(count - paid, price.otherKeys)
  }
  return keys
}

const listing = {
  keys(object) {
    payForKeys(object, price.keys.keys)
    return listed(o.keys(undefined, object), object, price.keys)
  },
  values(object) {
    payForKeys(object, price.values.keys)
    return listed(o.values(undefined, object), object, price.values)
  },
  entries(object) {
    payForKeys(object, price.entries.keys)
    return listed(o.entries(undefined, object), object, price.entries)
  },
  getOwnPropertyNames(object) {
    payForKeys(object, price.getOwnPropertyNames.keys)
    return listed(o.getOwnPropertyNames(undefined, object), object, price.getOwnPropertyNames)
  },
  getOwnPropertySymbols(object) {
    payForKeys(object, price.getOwnPropertySymbols.keys)
    return listed(o.getOwnPropertySymbols(undefined, object), object, price.getOwnPropertySymbols)
  },
  getOwnPropertyDescriptors(object) {
    payForOwn(object, price.getOwnPropertyDescriptors)
    return o.getOwnPropertyDescriptors(undefined, object)
  },
}

/** Pays for all own properties; a proxy pays by itself. */
function payForOwn(object, { properties }) {
  if (!isObject(object) || isProxy(object)) payForTable(unitsOf(object), properties)
  else if (isArray(object)) payForTable(object.length, properties)
  else if (typedArrayName(object) !== undefined) payForTable(itemsOf(object), properties)
  else {
    const names = ownNames(object)
    payForTable(ownCount(object, names), properties)
    payForPlaces(names)
  }
}

const isOpen = (object) => !isProxy(object) && isExtensible(object)

function fixing(name) {
  const native = o[name]
  const isAsked = name === 'isFrozen' || name === 'isSealed'
  return {
    [name](object) {
      // An object that can still be extended is neither frozen nor sealed: the engine visits none of its properties.
      if (isObject(object) && !(isAsked && isOpen(object))) payForOwn(object, price[name])
      else charge(flat.call)
      return native(undefined, object)
    },
  }
}

/** What the engine has made with as many properties as were paid for: which of them are far places is known only now. */
function withPlaces(made) {
  payForPlaces(ownKeys(made))
  return made
}

const copying = {
  assign(...given) {
    for (let i = 1; i < given.length; i++) {
      payForOwn(given[i], price.assign)
      if (isArray(given[0]) && isObject(given[i])) newLength(given[0], dataOf(given[i], 'length'))
      else if (typeof given[0] === 'function' && isObject(given[i])) {
        linked(dataOf(given[i], 'prototype'))
      }
    }
    return apply(assign, undefined, given)
  },
  defineProperties(object, properties) {
    payForOwn(properties, price.defineProperties)
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
    payForOwn(properties, price.create)
    return o.create(undefined, prototype, properties)
  },
  fromEntries(entries) {
    return withPlaces(o.fromEntries(undefined, metered(entries, price.fromEntries.iterated)))
  },
  groupBy(items, name) {
    return withPlaces(o.groupBy(undefined, metered(items, price.groupBy.iterated), name))
  },
}
