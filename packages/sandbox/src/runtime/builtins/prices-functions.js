/** Functions: lists of arguments lie on the engine's stack, and what is bound lies within what is bound. */

import {
  apply,
  construct,
  defineProperty,
  functionText,
  getPrototypeOf,
  getWeak,
  give,
  isArray,
  isOurs,
  KnownMap,
  lastIndexOf,
  methodsOf,
  setWeak,
  uncurry,
} from '../core/primordials.js'
import { payForWrite } from '../metering/computed-keys.js'
import { textual } from '../metering/conversions.js'
import { makeError } from '../metering/errors.js'
import { cleanNumber, described, isFloatArray, writtenTo } from '../metering/float-values.js'
import { charge, enter, leave } from '../metering/meter.js'
import { lengthFor, newLength } from '../metering/operators.js'
import { bound, flat } from '../metering/prices.js'
import { dataOf, isObject, isProxy, itemsOf, wrap, wrapOne } from '../metering/pricing.js'
import { textPrimitive } from '../metering/primitives.js'
import { linked, linkedBy } from '../metering/prototype-chains.js'
import { withLength } from '../metering/proxied-lists.js'

const NativeProxy = Proxy
const { defineProperty: defineOn } = Object
const { get, set } = Reflect
const f = methodsOf(Function.prototype)
const { bind } = Function.prototype
/** Functions that `bind` made, with how many lie within them and how many arguments they bring. */
const bonds = new KnownMap()

export function installFunctionPrices() {
  keyed(Object, ['getOwnPropertyDescriptor', 'hasOwn'])
  keyed(Reflect, ['deleteProperty', 'getOwnPropertyDescriptor', 'has'])
  keyedMethods(Object.prototype, [
    '__defineGetter__',
    '__defineSetter__',
    '__lookupGetter__',
    '__lookupSetter__',
    'hasOwnProperty',
    'propertyIsEnumerable',
  ])
  deepened(Object.prototype, ['toLocaleString'])
  deepened(Error.prototype, ['toString'])
  deepened(RegExp.prototype, ['toString'])
  deepened(Date.prototype, ['toJSON'])
  priced(
    Date.prototype,
    ['toDateString', 'toISOString', 'toString', 'toTimeString', 'toUTCString'],
    flat.dateText,
  )
  // One function under two names.
  give(Date.prototype, 'toGMTString', Date.prototype.toUTCString)
  wrap(Function.prototype, {
    apply(self, list) {
      return f.apply(this, self, listOf(list))
    },
    bind(...given) {
      const within = typeof this === 'function' ? getWeak(bonds, this) : undefined
      const depth = 1 + (within?.depth ?? 0)
      const count = given.length + (within?.count ?? 0)
      charge(flat.bond + 2 * given.length)
      if (depth > bound.nested) {
        throw makeError(
          'RangeError',
          `more than ${bound.nested} bound functions within each other`,
          'ERR_VMS_TOO_DEEP',
        )
      }
      requireCount(count)
      const made = apply(bind, countedIfNative(this), given)
      setWeak(bonds, made, { __proto__: null, depth, count })
      return made
    },
  })
  wrap(Object, {
    defineProperty(object, name, property) {
      charge(flat.object)
      payForDefined(object, name, property)
      if (!isFloatArray(object)) return defineOn(object, textual(name), property)
      const key = keyOf(name)
      return defineOn(object, key, described(object, key, property))
    },
  })
  wrap(Reflect, {
    defineProperty(object, name, property) {
      charge(flat.object)
      payForDefined(object, name, property)
      if (!isFloatArray(object)) return defineProperty(object, textual(name), property)
      const key = keyOf(name)
      return defineProperty(object, key, described(object, key, property))
    },
    set(object, name, value, ...rest) {
      if (name === 'length') newLength(object, value)
      linkedBy(object, name, value)
      payForWrite(object, name)
      const receiver = rest.length === 0 ? object : rest[0]
      const isFloat = isFloatArray(receiver)
      const key = isFloat ? keyOf(name) : textual(name)
      const written = isFloat ? writtenTo(receiver, key, value) : cleanNumber(value)
      return rest.length === 0 ? set(object, key, written) : set(object, key, written, rest[0])
    },
    get(object, name, ...rest) {
      const key = textual(name)
      return rest.length === 0 ? get(object, key) : get(object, key, rest[0])
    },
    apply(target, self, list) {
      return apply(target, self, listOf(list))
    },
    construct(target, given, ...rest) {
      const list = listOf(given)
      if (isArray(list) && list.length === 1) lengthFor(target, list[0])
      const made = rest.length === 0 ? construct(target, list) : construct(target, list, rest[0])
      // What is constructed with something else may have any prototype.
      if (rest.length !== 0 && !isProxy(made)) linked(getPrototypeOf(made))
      return made
    },
  })
}

/** Wraps what an object has under each of some names; `wrapperOf(name, native)` gives an object with the wrapper under that name. */
function wrapEach(object, names, wrapperOf) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    wrapOne(object, name, wrapperOf(name, object[name])[name])
  }
}

/** Methods without arguments that take the same time whatever they are called on. */
function priced(object, names, price) {
  wrapEach(object, names, (name, native) => ({
    [name]() {
      charge(price)
      return apply(native, this, [])
    },
  }))
}

/** Methods that ask an object for what may be such a method again, on the engine's own stack. */
function deepened(object, names) {
  wrapEach(object, names, (name, native) => ({
    [name](given) {
      charge(flat.object)
      enter(boundDepth)
      try {
        return apply(native, this, [given])
      } finally {
        leave(boundDepth)
      }
    },
  }))
}

/** Units of depth of a built-in that runs another one. */
const boundDepth = 4

/**
 * A built-in that is bound to another one runs it within itself without any function of the script's between them, which would count. So
 * what is bound is a proxy that counts; nothing else can be told of it.
 */
function countedIfNative(target) {
  if (typeof target !== 'function' || isProxy(target) || isScripts(target)) return target
  const proxy = new NativeProxy(target, {
    __proto__: null,
    apply(callee, self, list) {
      enter(boundDepth)
      try {
        return apply(callee, self, list)
      } finally {
        leave(boundDepth)
      }
    },
    construct(callee, list, newTarget) {
      enter(boundDepth)
      try {
        return construct(callee, list, newTarget === proxy ? callee : newTarget)
      } finally {
        leave(boundDepth)
      }
    },
  })
  return proxy
}

/** Whether the script wrote it, and not the engine or us. */
function isScripts(target) {
  if (isOurs(target)) return false
  const text = functionText(target)
  return lastIndexOf(text, nativeEnd) !== text.length - nativeEnd.length
}

/** No function that can be written ends like this. */
const nativeEnd = '{ [native code] }'

/** Functions of an object and a key. */
function keyed(object, names) {
  wrapEach(object, names, (name, native) => ({
    [name](owner, key) {
      if (name === 'getOwnPropertyDescriptor') charge(flat.object)
      return native(owner, typeof key === 'string' ? key : textual(key))
    },
  }))
}

/** Methods of objects that are given a key. */
function keyedMethods(object, names) {
  wrapEach(object, names, (name, method) => {
    const native = uncurry(method)
    return {
      [name](key, value) {
        charge(flat.call)
        return native(this, typeof key === 'string' ? key : textual(key), value)
      },
    }
  })
}

/** The name of a property, which is asked for its text once and pays for that. */
function keyOf(name) {
  const key = isObject(name) ? textPrimitive(name) : name
  if (typeof key === 'symbol') return key
  return `${textual(key)}`
}

function payForDefined(object, name, property) {
  if (!isObject(property)) return
  payForWrite(object, name)
  if (name === 'length') newLength(object, dataOf(property, 'value'))
  else if (name === 'prototype') linkedBy(object, name, dataOf(property, 'value'))
}

/** A list of arguments, which may not be too many. */
function listOf(list) {
  if (isProxy(list)) return withLength(list, undefined, requireCount)
  if (isObject(list)) requireCount(itemsOf(list))
  return list
}

/** @throws RangeError for more arguments than the engine's stack has room for wherever it may be */
export function requireCount(count) {
  charge(flat.call + count)
  if (count > bound.callArguments) {
    throw makeError(
      'RangeError',
      `more than ${bound.callArguments} arguments of one call`,
      'ERR_VMS_TOO_MANY_ARGUMENTS',
    )
  }
}
