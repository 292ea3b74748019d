/** BigInts and texts of numbers, and the functions that read or escape a text unit by unit. */

import { bigintValue, construct, give, keys, numberText, uncurry } from '../core/primordials.js'
import { digitsOf, requireBits } from '../metering/bigints.js'
import { numeric, textual } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { adopt } from '../metering/priced-constructors.js'
import { bound, flat, pricesOf } from '../metering/prices.js'
import { isObject, pay, refuseText, unitsOf, wrap, wrapOne } from '../metering/pricing.js'
import { numberPrimitive } from '../metering/primitives.js'

const price = pricesOf('globalThis')
const bigintPrice = pricesOf('BigInt')
const bigintTextPrice = pricesOf('BigInt.prototype')
const NativeBigInt = BigInt
const NativeNumber = Number
const NativeString = String
const NativeSymbol = Symbol
const { isFinite, isNaN } = globalThis
const { asIntN, asUintN } = BigInt
/** Bits of a digit of a text: four for hexadecimal, a little less for decimal. */
const bitsPerUnit = 4

export function installNumberPrices() {
  const holder = {
    BigInt(value) {
      return NativeBigInt(bigValue(value, price.BigInt))
    },
  }
  adopt(NativeBigInt, holder.BigInt)
  give(globalThis, 'BigInt', holder.BigInt)
  wrap(holder.BigInt, {
    asIntN(bits, value) {
      return asIntN(wholeBits(bits, bigintPrice.asIntN), bigValue(value, bigintPrice.asIntN))
    },
    asUintN(bits, value) {
      return asUintN(wholeBits(bits, bigintPrice.asUintN), bigValue(value, bigintPrice.asUintN))
    },
  })
  replaceNumber()
  replaceString()
  replaceSymbol()
  wrap(globalThis, {
    isFinite(value) {
      return isFinite(typeof value === 'number' ? value : numeric(value))
    },
    isNaN(value) {
      return isNaN(typeof value === 'number' ? value : numeric(value))
    },
  })
  wrap(Number.prototype, {
    toString(radix) {
      charge(radix === undefined ? flat.call : flat.numberText)
      return numberText(this, radix)
    },
  })
  for (const name of ['toExponential', 'toFixed', 'toPrecision']) wrapDigits(name)
  wrapBigIntText('toString')
  wrapBigIntText('toLocaleString')
  for (const name of keys(price))
    if (price[name].units !== undefined) wrapText(name, price[name].units)
  give(Number, 'parseInt', globalThis.parseInt)
  give(Number, 'parseFloat', globalThis.parseFloat)
}

/** The argument of `BigInt()`: a text pays for its digits. */
function bigValue(value, price) {
  const primitive = isObject(value) ? numberPrimitive(value) : value
  const units = unitsOf(primitive)
  requireBits((units - 2) * bitsPerUnit)
  payForDigits(units / 16, price)
  return primitive
}

/** The constructors, which are functions that convert as well. */
function replaceNumber() {
  const holder = {
    Number: function (value) {
      const given = typeof value === 'number' ? value : numeric(value)
      if (new.target === undefined) return arguments.length === 0 ? 0 : NativeNumber(given)
      return construct(NativeNumber, arguments.length === 0 ? [] : [given], new.target)
    },
  }
  adopt(NativeNumber, holder.Number)
  give(globalThis, 'Number', holder.Number)
}

function replaceString() {
  const holder = {
    String: function (value) {
      const given = typeof value === 'string' || typeof value === 'number' ? value : textual(value)
      if (new.target === undefined) return arguments.length === 0 ? '' : NativeString(given)
      return construct(NativeString, arguments.length === 0 ? [] : [given], new.target)
    },
  }
  adopt(NativeString, holder.String)
  give(globalThis, 'String', holder.String)
}

function replaceSymbol() {
  const holder = {
    Symbol: function (description) {
      if (new.target !== undefined) return construct(NativeSymbol, [], new.target)
      return NativeSymbol(typeof description === 'string' ? description : textual(description))
    },
  }
  adopt(NativeSymbol, holder.Symbol)
  give(globalThis, 'Symbol', holder.Symbol)
}

/** A conversion costs its length times itself at worst. */
function payForDigits(digits, { products }) {
  pay(digits + digits * digits, products)
}

function wholeBits(bits, { digits }) {
  const whole = +bits
  requireBits(whole)
  charge(flat.call + (whole > 0 ? (whole >> 6) * digits : 0))
  return whole
}

/** Many digits of a number are computed one by one. */
function wrapDigits(name) {
  const native = uncurry(Number.prototype[name])
  wrapOne(
    Number.prototype,
    name,
    {
      [name](given) {
        const digits = given === undefined ? given : +numeric(given)
        charge(digits > shortDigits ? flat.digits : flat.numberText)
        return native(this, digits)
      },
    }[name],
  )
}

/** Digits up to which they cost as much as a text in another base. */
const shortDigits = 20

function wrapBigIntText(name) {
  const native = uncurry(BigInt.prototype[name])
  wrapOne(
    BigInt.prototype,
    name,
    {
      [name](radix) {
        payForDigits(digitsOf(bigintValue(this)), bigintTextPrice[name])
        return native(this, radix)
      },
    }[name],
  )
}

/** Global functions of a text. What they make is up to nine times as long. */
function wrapText(name, units) {
  const native = globalThis[name]
  if (native === undefined) return
  wrapOne(
    globalThis,
    name,
    {
      [name](text, radix) {
        const source = `${typeof text === 'string' ? text : textual(text)}`
        if (3 * source.length > bound.textUnits) refuseText()
        pay(source.length, units)
        return native(source, radix)
      },
    }[name],
  )
}
