/**
 * Conversions to a number, a text or a key. The engine reads a whole text, and writes a BigInt as text digit by digit; the script pays
 * before. An object is converted when and how the operator would do it: the operator gets a stand-in.
 */

import { asText, freeze, toPrimitiveSymbol } from '../core/primordials.js'
import { digitsOf } from './bigints.js'
import { charge } from './meter.js'
import { rate } from './prices.js'
import { isObject, pay } from './pricing.js'
import { primitive } from './primitives.js'

/** UTF-16 units up to which comparing a text is free. */
const shortText = 256
/** UTF-16 units up to which converting a text to a number is free. */
const shortNumber = 32
/** Units of a text with whose digits the engine may have to compute before it can round, and fuel for each. */
const roundedUnits = 1_024
const fuelPerRounded = 2
/** Binary logarithm of the units read per unit of fuel. */
const numberShift = 2
/** Binary logarithm of the units compared per unit of fuel. */
const readShift = 4
/** Binary logarithm of the units ordered, or converted for an order, per unit of fuel. */
const orderShift = 3
/** Binary logarithm of the length from which on converting a text to a BigInt takes longer than reading it. */
const bigShift = 13
/** Units for converting an object to a primitive value, in addition to its own code. */
const standIn = 16
/** 64-bit digits of a BigInt up to which its conversion to text is free. */
const shortDigits = 4
/** Decimal digits of 64 bits, and of the largest BigInt. */
const unitsPerDigit = 19
const longestText = 40_000

export function payForNumber(value) {
  if (typeof value !== 'string' || value.length <= shortNumber) return
  const { length } = value
  charge((length < roundedUnits ? length : roundedUnits) * fuelPerRounded + (length >> numberShift))
}

/** At worst a conversion costs the square of the length. */
export function payForBigText(value) {
  const digits = digitsOf(value)
  if (digits > shortDigits) pay(digits + digits * digits, rate.product)
}

/** Pays for the units of a text to which a BigInt may have converted. */
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

/** An operand that is converted to a number, if it is not one. */
export function numeric(value) {
  if (typeof value === 'string') payForNumber(value)
  else if (typeof value === 'bigint') charge(digitsOf(value))
  else if (isObject(value)) return new StandIn(value, payForNumber)
  return value
}

/** An operand or a key that is converted to text, if it is neither number nor text. */
export function textual(value) {
  if (typeof value === 'bigint') payForBigText(value)
  else if (isObject(value)) return new StandIn(value, payForEither)
  return value
}

/** The text that our own built-ins make with `String`; it accepts symbols. */
export function textOf(value) {
  return typeof value === 'string' ? value : asText(textual(value))
}

/** Arguments of an engine's built-in that converts all of them to numbers, in order. */
export function numericAll(values) {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number') values[i] = numeric(values[i])
  }
  return values
}

/** Pays for a text that is compared `times` times. */
export function read(value, times) {
  if (typeof value === 'string' && value.length > shortText)
    charge((value.length >> readShift) * times)
  return value
}

function payForOrder(value) {
  if (typeof value === 'string' && value.length > shortText)
    charge((value.length >> orderShift) * (1 + (value.length >> bigShift)))
}

/** An operand of `<` and similar, or of a comparison with a BigInt, if it is not a number. The engine may convert a text to a BigInt. */
export function ordered(value) {
  if (typeof value === 'string') payForOrder(value)
  else if (typeof value === 'bigint') charge(digitsOf(value))
  else if (isObject(value)) return new StandIn(value, payForOrder)
  return value
}

/** The operand of `++` or `--`, converted before the step. */
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
/** `==` of two unknown operands. Converts an object only if the other operand is not one. */
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

/** A stand-in for an object. The operator asks it once for a primitive value. */
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
