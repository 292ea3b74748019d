/**
 * The functions that the instrumented script calls under hidden names. They handle the end of fuel and depth, caught errors, frames that
 * stay on the stack while another function's iterator runs, lists of arguments, and operators.
 */

import { apply, construct, freeze } from './core/primordials.js'
import { power } from './math/math-pow.js'
import { boundFor, owner, standInFor as placeFor } from './metering/computed-keys.js'
import {
  equal,
  next,
  numeric,
  ordered,
  payForBigText,
  payForUnits,
  read,
  stepped,
  textual,
} from './metering/conversions.js'
import { caught, makeError } from './metering/errors.js'
import { cleanNumber, isFloatArray, received } from './metering/float-values.js'
import { charge, enter, leave, meter, runOut } from './metering/meter.js'
import {
  big,
  bigSum,
  converted,
  grown,
  spread as items,
  joined,
  lengthFor,
  newLength,
  power as powerOfBigs,
  shiftLeft,
} from './metering/operators.js'
import { isObject } from './metering/pricing.js'
import { extended, linked } from './metering/prototype-chains.js'
import { entries, listed, nested, taken } from './patterns.js'

const { asyncIterator, iterator } = Symbol

/** Binary logarithm of the arguments that one unit of depth pays for. Arguments stay on the stack. */
const depthBits = 5
const argumentsPerDepth = 1 << depthBits
/** Maximum arguments of a call whose list holds an `await` or a `yield`: the call cannot give their depth back. */
const argumentsWithoutDepth = 1024

/** One word for each argument that a list keeps. */
const fuelPerArgument = 2

/** UTF-16 units of a text that is too short to hold a BigInt that has to pay. */
const shortSum = 77

/** The meter has run out: stops the script. */
function out() {
  runOut()
}

/**
 * Wraps the iterable of a function that is suspended in `yield*` or `for await`. While an iterator of the script runs, the function's frame
 * is on the stack, and the wrapper counts it.
 */
function delegate(iterable, depth, isAsync) {
  if (!isObject(iterable)) return iterable
  if (isAsync) {
    const start = iterable[asyncIterator]
    if (start !== undefined && start !== null) return standIn(asyncIterator, iterable, start, depth)
  }
  return standIn(iterator, iterable, iterable[iterator], depth)
}

function standIn(symbol, iterable, start, depth) {
  if (typeof start !== 'function') return { __proto__: null, [symbol]: start }
  return {
    __proto__: null,
    [symbol]() {
      enter(depth)
      try {
        const steps = apply(start, iterable, [])
        return isObject(steps) ? standInFor(steps, depth) : steps
      } finally {
        leave(depth)
      }
    },
  }
}

function standInFor(steps, depth) {
  const { next } = steps
  const through = (method) =>
    function () {
      enter(depth)
      try {
        return apply(method, steps, arguments)
      } finally {
        leave(depth)
      }
    }
  const optional = (method) =>
    method === undefined || method === null || typeof method !== 'function'
      ? method
      : through(method)
  return {
    __proto__: null,
    next: optional(next),
    get return() {
      return optional(steps.return)
    },
    get throw() {
      return optional(steps.throw)
    },
  }
}

/** The items of a spread as arguments. */
function spread(list, isBounded) {
  const { length } = list
  if (length <= argumentsPerDepth) return list
  if (isBounded && length > argumentsWithoutDepth) {
    throw makeError(
      'RangeError',
      `more than ${argumentsWithoutDepth} arguments are not spread beside an await or a yield: put the list into a variable first`,
      'ERR_VMS_TOO_MANY_ARGUMENTS',
    )
  }
  charge(length)
  enter(length >> depthBits)
  return list
}

/** Returns a call's value, and restores the depth from before the call. */
function restore(depth, value) {
  meter[1] = depth
  return value
}

/** The arguments from index `start` on. */
function rest(given, start) {
  const list = []
  if (given.length > start) charge(fuelPerArgument * (given.length - start))
  for (let i = start; i < given.length; i++) list[i - start] = given[i]
  return list
}

/** Prices the result of an operator, if it is not a number. */
function made(value) {
  if (typeof value === 'string') return joined(value)
  return typeof value === 'bigint' ? big(value) : value
}

/** Prices the sum of two operands by their sizes, if it is not a number. */
function sum(value, left, right) {
  if (typeof value === 'bigint') return bigSum(value)
  if (typeof value !== 'string') return value
  if (value.length > shortSum) {
    payForPart(value, left, right)
    payForPart(value, right, left)
  }
  return joined(value)
}

/** For an object, only the length of its text is known; it may have converted to a BigInt. */
function payForPart({ length }, part, other) {
  if (typeof part === 'bigint') payForBigText(part)
  else if (isObject(part)) payForUnits(typeof other === 'string' ? length - other.length : length)
}

function raise(base, exponent) {
  if (typeof base === 'number' && typeof exponent === 'number') return power(base, exponent)
  const x = stepped(base)
  const y = stepped(exponent)
  return typeof x === 'bigint' && typeof y === 'bigint' ? powerOfBigs(x, y) : power(x, y)
}

/** `new Class(argument)`. */
function make(Class, argument) {
  return construct(Class, [lengthFor(Class, argument)])
}

/** `object.length = value`. */
function setLength(object, value) {
  object.length = newLength(object, value)
  return value
}

/** Stand-in for `object[key]`: it writes every NaN as the language's constant, in case the object is an array of floats. */
function Place(object, key) {
  this.object = object
  this.key = key
}
Place.prototype = freeze({
  __proto__: null,
  get at() {
    return textual(numeric(this.object[this.key]))
  },
  set at(value) {
    const { object, key } = this
    const target = owner(object, key)
    target[key] = received(cleanNumber(value), target)
  },
})

function place(object, key) {
  return new Place(object, key)
}

/** The target of a write at a number, for a value that is not a number: an array of floats must not convert an object itself. */
function receiver(target, value) {
  return isObject(value) && isFloatArray(target) ? placeFor(target) : target
}

/** The value of a field with a numeric or computed name, in an object that may be an array of floats. */
function field(value, target, isComputed) {
  if (!isComputed || !isObject(value) || !isFloatArray(target))
    return received(cleanNumber(value), target)
  throw makeError(
    'TypeError',
    'a field with a computed name of an array of floats cannot hold an object: assign it in the constructor',
    'ERR_VMS_FLOAT_FIELD',
  )
}

/** Values by the keys of `BOUND` in transform/source/names.ts. */
export const instruments = {
  __proto__: null,
  // The host connects the meter later.
  get meter() {
    return meter
  },
  out,
  error: caught,
  delegate,
  spread,
  restore,
  rest,
  made,
  joined,
  power: raise,
  shift: shiftLeft,
  length: lengthFor,
  make,
  setLength,
  items,
  read,
  converted,
  grown,
  place,
  entries,
  listed,
  nested,
  taken,
  linked,
  extended,
  boundFor,
  ownerFor: owner,
  numeric,
  stepped,
  next,
  textual,
  ordered,
  equal,
  sum,
  received,
  receiver,
  field,
}
