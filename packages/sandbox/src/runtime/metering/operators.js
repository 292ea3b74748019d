/**
 * What no built-in does but an operator or a piece of syntax: the instrumented script hands operands and results over to these, under
 * hidden names. They give back what they are given, or do what the operator does.
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
/** UTF-16 units of a text that is a piece and no more: it pays for being made. */
const shortText = 256
/**
 * Whoever asks for a unit of a text that was put together copies it whole, and nothing sees that. Each time that a text grows it pays
 * for a part of that, up to what one of 32,768 units pays; and a long one more.
 */
const partShift = 5
const largestPart = 1_024
const largeShift = 8

/** The text that `+` or a template has made. */
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

/** The BigInt that an operator has made. */
export function big(value) {
  const digits = digitsOf(value)
  requireBits(64 * digits)
  payForBig(digits)
  return value
}

/** The sum of two, which is made digit by digit. */
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

/** Bits that a power of it has at least, for each time that it is multiplied. */
function fewestBits(size) {
  const digits = digitsOf(size)
  if (digits > 1) return 32 * digits
  const high = asNumber(size >> 32n)
  return high === 0 ? 31 - clz32(asNumber(size)) : 63 - clz32(high)
}

/** What becomes part of a text. */
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

/** What a spread goes over in the engine. */
export function spread(items) {
  return items === undefined || items === null ? items : metered(items, rate.spreadItem)
}

/** The one argument of `new`, or of a call of `Array`: it may be the length of an array. */
export function lengthFor(Class, argument) {
  if (typeof argument === 'number' && argument > bound.freeItems && makesKind(Class, NativeArray))
    payForLength(argument)
  // No handler may see what its function throws.
  else if (typeof argument === 'function' && makesKind(Class, NativePromise)) charge(flat.promise)
  return argument
}

/** Whether it constructs an array or a promise. */
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

/** The engine takes memory for all items at once, up to 2^25 of them; past that it takes none. */
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
