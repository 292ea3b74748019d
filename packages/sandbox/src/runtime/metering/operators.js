/**
 * Prices of operators and syntax, which no built-in covers. The instrumented script passes operands and results to these functions under
 * hidden names. They return the value, or do the operator's work.
 */

import { asNumber, clz32, getPrototypeOf, isArray, NativePromise } from '../core/primordials.js'
import { digitsOf, requireBits } from './bigints.js'
import { payForBigText, stepped } from './conversions.js'
import { makeError } from './errors.js'
import { charge } from './meter.js'
import { metered } from './metered-iterables.js'
import { bound, flat, rate } from './prices.js'
import { isObject, isProxy, pay, refuseText } from './pricing.js'
import { textPrimitive } from './primitives.js'

const NativeArray = Array
/** UTF-16 units of a text that is short enough to pay only for being made. */
const shortText = 256
/**
 * Reading one unit of a concatenated text copies the whole text, and no code of ours notices. So each concatenation pays for a part of that
 * copy, at most for 32,768 units, and a long text pays more.
 */
const partShift = 5
const largestPart = 1_024
const largeShift = 8

/** Pays for the text that `+` or a template has made. */
export function joined(text) {
  const { length } = text
  if (length <= shortText) charge(flat.rope)
  else {
    if (length > bound.textUnits) refuseText()
    const part = length >> partShift
    const large = length >> largeShift
    charge(part < largestPart ? part : large < largestPart ? largestPart : large)
  }
  return text
}

/** Pays for the BigInt that an operator has made. */
export function big(value) {
  const digits = digitsOf(value)
  requireBits(64 * digits)
  payForBig(digits)
  return value
}

/** Pays for the sum of two BigInts, which takes time per digit. */
export function bigSum(value) {
  const digits = digitsOf(value)
  requireBits(64 * digits)
  charge(digits * rate.digit)
  return value
}

function payForBig(digits) {
  charge(digits * (rate.digit + digits * rate.product))
}

/** `base ** exponent`. */
export function power(base, exponent) {
  if (typeof base !== 'bigint' || typeof exponent !== 'bigint') return base ** exponent
  if (exponent > 1n && (base > 1n || base < -1n)) {
    requireBits(exponent > 0xffffffffn ? bound.bigintBits + 1 : 0)
    const bits = fewestBits(base < 0n ? -base : base) * asNumber(exponent)
    requireBits(bits)
    payForBig(bits / 32)
  }
  return big(base ** exponent)
}

/** `value << places`. */
export function shiftLeft(value, places) {
  if (typeof value === 'number' && typeof places === 'number') return value << places
  const whole = stepped(value)
  const count = stepped(places)
  if (typeof whole !== 'bigint' || typeof count !== 'bigint') return whole << count
  if (whole !== 0n && count > 0n)
    requireBits(count > 0xffffffffn ? bound.bigintBits + 1 : asNumber(count))
  return bigSum(whole << count)
}

/** Minimum bits that a power of `size` gains with each multiplication. */
function fewestBits(size) {
  const digits = digitsOf(size)
  if (digits > 1) return 32 * digits
  const high = asNumber(size >> 32n)
  return high === 0 ? 31 - clz32(asNumber(size)) : 63 - clz32(high)
}

/** Pays for an operand that becomes part of a text. */
export function converted(value) {
  const primitive = isObject(value) ? textPrimitive(value) : value
  if (typeof primitive === 'bigint') payForBigText(primitive)
  return primitive
}

/** The new length of a compound assignment to `length`. */
export function grown(object, operator, value) {
  if (!isArray(object) || isProxy(object) || typeof value !== 'number') return value
  const { length } = object
  if (operator === '+=') newLength(object, length + value)
  else if (operator === '*=') newLength(object, length * value)
  else if (operator === '<<=') newLength(object, (length << value) >>> 0)
  else newLength(object, length + (value > 0 ? value : -value))
  return value
}

/** The operand of a spread, metered. */
export function spread(items) {
  return items === undefined || items === null ? items : metered(items, rate.spreadItem)
}

/** Pays for the only argument of `new`, or of a call of `Array`, because it may be the length of an array. */
export function lengthFor(Class, argument) {
  if (typeof argument === 'number' && argument > bound.freeItems && makesKind(Class, NativeArray))
    payForLength(argument)
  // No handler may see the error that the function throws.
  else if (typeof argument === 'function' && makesKind(Class, NativePromise)) charge(flat.promise)
  return argument
}

/** Whether the class constructs an array or a promise. */
function makesKind(Class, Kind) {
  for (let parent = Class; parent !== null; parent = getPrototypeOf(parent)) {
    if (typeof parent !== 'function' || isProxy(parent)) return false
    if (parent === Kind) return true
  }
  return false
}

/** The value of an assignment to a property `length`. */
export function newLength(object, length) {
  if (typeof length === 'number' && length > bound.freeItems && isArray(object) && !isProxy(object))
    if (length > object.length) payForLength(length)
  return length
}

/** The engine allocates all items at once, up to 2^25 of them; for a larger length it allocates none. */
function payForLength(items) {
  if (items > 0x2000000) return
  if (items > bound.arrayItems) {
    throw makeError(
      'RangeError',
      `an array is not made with more than ${bound.arrayItems} items at once`,
      'ERR_VMS_ARRAY_TOO_LARGE',
    )
  }
  pay(items, rate.moveItem)
}
