/** BigInts and texts of numbers, and the functions that read or escape a text unit by unit. */

import { bigintValue, construct, give, numberText, uncurry } from '../core/primordials.js'
import { digitsOf, requireBits } from '../metering/bigints.js'
import { numeric, textual } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { adopt } from '../metering/priced-constructors.js'
import { bound, flat, rate } from '../metering/prices.js'
import { isObject, pay, refuseText, unitsOf, wrap, wrapOne } from '../metering/pricing.js'
import { numberPrimitive } from '../metering/primitives.js'

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
      return NativeBigInt(bigValue(value))
    },
  }
  adopt(NativeBigInt, holder.BigInt)
  give(globalThis, 'BigInt', holder.BigInt)
  wrap(holder.BigInt, {
    asIntN(bits, value) {
      return asIntN(wholeBits(bits), bigValue(value))
    },
    asUintN(bits, value) {
      return asUintN(wholeBits(bits), bigValue(value))
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
  const texts = { parseInt: rate.readUnit, parseFloat: rate.readUnit }
  for (const name of [
    'encodeURI',
    'encodeURIComponent',
    'decodeURI',
    'decodeURIComponent',
    'escape',
    'unescape',
  ])
    texts[name] = rate.convertUnit
  for (const name in texts) wrapText(name, texts[name])
  give(Number, 'parseInt', globalThis.parseInt)
  give(Number, 'parseFloat', globalThis.parseFloat)
}

/** The argument of `BigInt()`: a text pays for its digits. */
function bigValue(value) {
  const primitive = isObject(value) ? numberPrimitive(value) : value
  const units = unitsOf(primitive)
  requireBits((units - 2) * bitsPerUnit)
  payForDigits(units / 16)
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
function payForDigits(digits) {
  pay(digits + digits * digits, rate.product)
}

function wholeBits(bits) {
  const whole = +bits
  requireBits(whole)
  charge(flat.call + (whole > 0 ? (whole >> 6) * rate.digit : 0))
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
        payForDigits(digitsOf(bigintValue(this)))
        return native(this, radix)
      },
    }[name],
  )
}

/** Global functions of a text. What they make is up to nine times as long. */
function wrapText(name, price) {
  const native = globalThis[name]
  if (native === undefined) return
  wrapOne(
    globalThis,
    name,
    {
      [name](text, radix) {
        const units = `${typeof text === 'string' ? text : textual(text)}`
        if (3 * units.length > bound.textUnits) refuseText()
        pay(units.length, price)
        return native(units, radix)
      },
    }[name],
  )
}
