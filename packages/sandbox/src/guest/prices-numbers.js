/** BigInts and texts of numbers, and the functions that read or escape a text unit by unit. */
import { digitsOf, requireBits } from './bigints.js'
import { charge } from './meter.js'
import { adopt } from './priced-constructors.js'
import { bound, flat, rate } from './prices.js'
import { isObject, pay, refuseText, unitsOf, wrap, wrapOne } from './pricing.js'
import { numberPrimitive } from './primitives.js'
import { bigintValue, give, numberText, uncurry } from './primordials.js'

const NativeBigInt = BigInt
const { asIntN, asUintN } = BigInt
/** Bits of a digit of a text: four for hexadecimal, a little less for decimal. */
const bitsPerUnit = 4

export function installNumberPrices() {
  const holder = {
    BigInt(value) {
      const primitive = isObject(value) ? numberPrimitive(value) : value
      const units = unitsOf(primitive)
      requireBits((units - 2) * bitsPerUnit)
      payForDigits(units / 16)
      return NativeBigInt(primitive)
    },
  }
  adopt(NativeBigInt, holder.BigInt)
  give(globalThis, 'BigInt', holder.BigInt)
  wrap(holder.BigInt, {
    asIntN(bits, value) {
      return asIntN(wholeBits(bits), value)
    },
    asUintN(bits, value) {
      return asUintN(wholeBits(bits), value)
    },
  })
  wrap(Number.prototype, {
    toString(radix) {
      charge(radix === undefined ? flat.call : flat.numberText)
      return numberText(this, radix)
    },
  })
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
        const units = `${text}`
        if (3 * units.length > bound.textUnits) refuseText()
        pay(units.length, price)
        return native(units, radix)
      },
    }[name],
  )
}
