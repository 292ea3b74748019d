/**
 * What becomes a number, a text or a key without being one: a text is read to its end, a BigInt is made text digit by digit, and pays for
 * that before. An object is asked at its time and in its way: the operator is given a stand-in for it.
 */

import { asText, freeze, toPrimitiveSymbol } from '../core/primordials.js'
import { digitsOf } from './bigints.js'
import { charge } from './meter.js'
import { rate } from './prices.js'
import { isObject, pay } from './pricing.js'
import { primitive } from './primitives.js'

/** UTF-16 units up to which a text is compared for nothing. */
const shortText = 256
/** UTF-16 units up to which a text becomes a number for nothing. */
const shortNumber = 32
/** Units of a text whose digits the engine may have to compute with before it knows how to round, and fuel for each. */
const roundedUnits = 1_024
const fuelPerRounded = 2
/** Units that are read for one of fuel, as a power of two. */
const numberShift = 2
/** Units that are compared for one of fuel, as a power of two. */
const readShift = 4
/** Units that are put into an order, or become a number for that, for one of fuel, as a power of two. */
const orderShift = 3
/** Units of a text from which on making a BigInt of it takes longer than reading it, as a power of two. */
const bigShift = 13
/** Units for converting an object to a primitive value, besides its own code. */
const standIn = 16
/** 64-bit digits of a BigInt up to which it becomes text for nothing. */
const shortDigits = 4
/** Decimal digits of 64 bits, and of the largest BigInt. */
const unitsPerDigit = 19
const longestText = 40_000

export function payForNumber(value) {
  if (typeof value !== 'string' || value.length <= shortNumber) return
  const { length } = value
  charge((length < roundedUnits ? length : roundedUnits) * fuelPerRounded + (length >> numberShift))
}

/** A conversion costs its length times itself at worst. */
export function payForBigText(value) {
  const digits = digitsOf(value)
  if (digits > shortDigits) pay(digits + digits * digits, rate.product)
}

/** Units of text that a BigInt may have become. */
export function payForUnits(units) {
  const digits = (units < longestText ? units : longestText) / unitsPerDigit
  if (digits > shortDigits) pay(digits + digits * digits, rate.product)
}

function payForText(value) {
  if (typeof value === 'bigint') payForBigText(value)
}

function payForEither(value) {
  payForNumber(value)
  payForText(value)
}

/** An operand that becomes a number, if it is none. */
export function numeric(value) {
  if (typeof value === 'string') payForNumber(value)
  else if (typeof value === 'bigint') charge(digitsOf(value))
  else if (isObject(value)) return new StandIn(value, payForNumber)
  return value
}

/** An operand or a key that becomes text, if it is neither number nor text. */
export function textual(value) {
  if (typeof value === 'bigint') payForBigText(value)
  else if (isObject(value)) return new StandIn(value, payForEither)
  return value
}

/** What a built-in of ours makes text of by `String`: also symbols. */
export function textOf(value) {
  return typeof value === 'string' ? value : asText(textual(value))
}

/** Arguments of a built-in of the engine that makes numbers of all of them, in their order. */
export function numericAll(values) {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number') values[i] = numeric(values[i])
  }
  return values
}

/** A text that is compared so many times. */
export function read(value, times) {
  if (typeof value === 'string' && value.length > shortText)
    charge((value.length >> readShift) * times)
  return value
}

function payForOrder(value) {
  if (typeof value === 'string' && value.length > shortText)
    charge((value.length >> orderShift) * (1 + (value.length >> bigShift)))
}

/** An operand of an order, or of a comparison with a BigInt, if it is no number: a text may have to become a BigInt. */
export function ordered(value) {
  if (typeof value === 'string') payForOrder(value)
  else if (typeof value === 'bigint') charge(digitsOf(value))
  else if (isObject(value)) return new StandIn(value, payForOrder)
  return value
}

/** What `++` makes of a value before it counts. */
export function stepped(value) {
  charge(standIn)
  const operand = isObject(value) ? primitive(value, 'number') : value
  payForNumber(operand)
  return typeof operand === 'bigint' ? operand : +operand
}

/** A number or a BigInt plus or minus one. */
export function next(value, step) {
  if (typeof value === 'number') return value + step
  return step > 0 ? value + 1n : value - 1n
}

// biome-ignore-start lint/suspicious/noDoubleEquals: it is this operator
/** `==` of two unknown operands: converts an object only if the other operand is none. */
export function equal(left, right) {
  if (isObject(left) !== isObject(right)) {
    if (isObject(left))
      return isNothing(right) ? false : new StandIn(left, payForOrder) == ordered(right)
    return isNothing(left) ? false : ordered(left) == new StandIn(right, payForOrder)
  }
  if (isObject(left)) return left === right
  if (typeof left === 'string' && typeof right === 'string')
    return left.length === right.length && read(left, 1) === right
  return ordered(left) == ordered(right)
}

// biome-ignore-end lint/suspicious/noDoubleEquals: it is this operator

const isNothing = (value) => value === undefined || value === null

/** Stands for an object with an operator, which asks it for a primitive value once. */
function StandIn(object, pay) {
  charge(standIn)
  this.object = object
  this.pay = pay
}
StandIn.prototype = freeze({
  __proto__: null,
  [toPrimitiveSymbol](hint) {
    const value = primitive(this.object, hint)
    this.pay(value)
    return value
  },
})
