/**
 * Prototype chains. A failing property lookup visits the whole chain inside the engine, so the runtime bounds the length of chains. For
 * every object that becomes a prototype, it records how many levels of objects there may be below it, and never too few. An unrecorded
 * object has nothing below it except other unrecorded objects.
 */

import {
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getWeak,
  KnownMap,
  methodsOf,
  setPrototypeOf,
  setWeak,
  uncurry,
} from '../core/primordials.js'
import { makeError } from './errors.js'
import { charge } from './meter.js'
import { bound, flat } from './prices.js'
import { dataOf, isObject, isProxy, wrap } from './pricing.js'

const o = methodsOf(Object)
const objects = Object.prototype
const functions = getPrototypeOf(Object)
/** Prototype → levels that there may be below it. */
const below = new KnownMap()
/** The object itself, and an unrecorded object below it, such as a class's prototype and its instances. */
const fewest = 2

/** The object is about to become a prototype. */
export function linked(prototype) {
  if (isObject(prototype) && prototype !== objects && prototype !== functions)
    link(prototype, fewest)
  return prototype
}

/** A class is about to extend `Class`. */
export function extended(Class) {
  if (typeof Class === 'function' && !isProxy(Class)) {
    linked(Class)
    linked(dataOf(Class, 'prototype'))
  }
  return Class
}

/** A function is about to get a property. */
export function linkedBy(object, name, value) {
  if (name === 'prototype' && typeof object === 'function') linked(value)
}

function link(prototype, levels) {
  const known = getWeak(below, prototype)
  if (known !== undefined && known >= levels) return
  let length = levels
  for (let holder = prototype; holder !== null && !isProxy(holder); holder = getPrototypeOf(holder))
    length += 1
  if (length > bound.chain) {
    throw makeError(
      'RangeError',
      `a chain of more than ${bound.chain} prototypes`,
      'ERR_VMS_TOO_DEEP',
    )
  }
  charge((length - levels) * flat.entryMade)
  let depth = levels
  for (
    let holder = prototype;
    holder !== null && !isProxy(holder);
    holder = getPrototypeOf(holder)
  ) {
    const noted = getWeak(below, holder)
    if (noted === undefined || noted < depth) setWeak(below, holder, depth)
    depth += 1
  }
}

/** Pays for an object that gets another prototype, with everything below it. */
function relinked(object, prototype) {
  charge(flat.prototype)
  if (!isObject(object) || !isObject(prototype)) return
  if (prototype !== objects && prototype !== functions)
    link(prototype, 1 + (getWeak(below, object) ?? fewest))
}

export function installPrototypeChains() {
  wrap(Object, {
    setPrototypeOf(object, prototype) {
      relinked(object, prototype)
      return o.setPrototypeOf(undefined, object, prototype)
    },
  })
  wrap(Reflect, {
    setPrototypeOf(object, prototype) {
      relinked(object, prototype)
      return setPrototypeOf(object, prototype)
    },
  })
  const property = getOwnPropertyDescriptor(objects, '__proto__')
  const native = uncurry(property.set)
  const holder = {
    set ['__proto__'](prototype) {
      relinked(this, prototype)
      native(this, prototype)
    },
  }
  const { set } = getOwnPropertyDescriptor(holder, '__proto__')
  defineProperty(objects, '__proto__', { __proto__: null, set })
}
