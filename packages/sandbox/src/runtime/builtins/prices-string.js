/**
 * Strings. A receiver that is no text is made one first, once, as the language does it; arguments that are no texts yet pay where they
 * become texts. What looks at one unit, or makes a view of a stretch, stays as it is.
 */

import { apply, keys, methodsOf, regExpSource, trunc, uncurry } from '../core/primordials.js'
import { textual } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { flat, pricesOf } from '../metering/prices.js'
import { dataOf, isObject, pay, payForText, unitsOf, wrap, wrapOne } from '../metering/pricing.js'
import { grow, replaceAllText, replaceText } from '../metering/string-replace.js'

const price = pricesOf('String.prototype')
const { concat } = String.prototype
const { match: matchBy, replace: replaceBy } = Symbol
const s = methodsOf(String.prototype)

/** The receiver as a text. @throws TypeError */
function textOf(self, name) {
  if (typeof self === 'string') return self
  if (self === undefined || self === null)
    throw new TypeError(`String.prototype.${name} called on null or undefined`)
  return `${textual(self)}`
}

export function installStringPrices() {
  wrap(String.prototype, making)
  wrap(String.prototype, searching)
  wrap(String.prototype, viewing)
  wrap(String.prototype, matching)
  perUnit()
  wrap(String, {
    raw(strings, ...values) {
      const raw = strings.raw
      const length = +raw.length
      let whole = ''
      for (let i = 0; i < length; i++) {
        whole = grow(whole, `${raw[i]}`)
        if (i + 1 < length && i < values.length) whole = grow(whole, `${values[i]}`)
      }
      return whole
    },
  })
}

/** Wraps the methods that pay for the text and for an argument: a tag of annex B replaces a quote in its argument by six units. */
function perUnit() {
  for (const name of keys(price)) {
    const { units, argumentUnits } = price[name]
    if (argumentUnits === undefined) continue
    // Not what the engine made: some of them are the world's own by now.
    const method = String.prototype[name]
    if (method === undefined) continue
    const native = uncurry(method)
    wrapOne(
      String.prototype,
      name,
      {
        [name](given) {
          const text = textOf(this, name)
          const argument = isTested[name] ? tested(given) : textual(given)
          payForText(6 * unitsOf(argument), argumentUnits)
          pay(text.length, units)
          return native(text, argument)
        },
      }[name],
    )
  }
}

/** Methods that take no regular expression, and look whether it is one. */
const isTested = { startsWith: true, endsWith: true }

function tested(value) {
  if (!isObject(value)) return textual(value)
  const matches = value[matchBy]
  return (matches === undefined ? isExpression(value) : matches) ? value : textual(value)
}

function isExpression(value) {
  try {
    regExpSource(value)
    return true
  } catch {
    return false
  }
}

const making = {
  concat(...parts) {
    const text = textOf(this, 'concat')
    let units = text.length
    for (let i = 0; i < parts.length; i++) {
      // Made a text here, so that it is made once.
      if (typeof parts[i] !== 'string') parts[i] = `${textual(parts[i])}`
      units += parts[i].length
    }
    payForText(units, price.concat.madeUnits)
    return apply(concat, text, parts)
  },
  padEnd(length, filler) {
    const text = textOf(this, 'padEnd')
    const units = trunc(+length)
    payForText(units > text.length ? units : 0, price.padEnd.madeUnits)
    return s.padEnd(text, units, textual(filler))
  },
  padStart(length, filler) {
    const text = textOf(this, 'padStart')
    const units = trunc(+length)
    payForText(units > text.length ? units : 0, price.padStart.madeUnits)
    return s.padStart(text, units, textual(filler))
  },
  repeat(count) {
    const text = textOf(this, 'repeat')
    const times = trunc(+count)
    payForText(times > 0 && times < 0x40000000 ? text.length * times : 0, price.repeat.madeUnits)
    return s.repeat(text, times)
  },
}

/** UTF-16 units of a view that cost nothing of their own. */
const shortView = 1024
/** Units of a view that one of fuel pays for, as a power of two: whoever asks for it as a key reads it to its end. */
const viewShift = 6

function view(text) {
  if (text.length > shortView) charge(text.length >> viewShift)
  return text
}

const viewing = {
  slice(start, end) {
    return view(s.slice(this, start, end))
  },
  substring(start, end) {
    return view(s.substring(this, start, end))
  },
  substr(start, length) {
    return view(length === undefined ? s.substr(this, start) : s.substr(this, start, length))
  },
}

const searching = {
  includes(given, from) {
    const text = textOf(this, 'includes')
    const item = tested(given)
    pay(text.length + unitsOf(item), price.includes.units)
    return s.includes(text, item, from)
  },
  indexOf(given, from) {
    const text = textOf(this, 'indexOf')
    const item = textual(given)
    pay(text.length + unitsOf(item), price.indexOf.units)
    return s.indexOf(text, item, from)
  },
  lastIndexOf(given, from) {
    const text = textOf(this, 'lastIndexOf')
    const item = textual(given)
    // Goes over the item again at every place.
    pay(text.length, price.lastIndexOf.comparedUnits * (1 + unitsOf(item) / 4))
    return s.lastIndexOf(text, item, from)
  },
}

/** Whether it replaces by itself, as regular expressions do. */
function hasOwnWay(pattern) {
  return isObject(pattern) && dataOf(pattern, replaceBy) !== undefined
}

const matching = {
  replace(pattern, replacement) {
    if (hasOwnWay(pattern) || this === undefined || this === null)
      return s.replace(this, pattern, replacement)
    const text = textOf(this, 'replace')
    const wanted = `${textual(pattern)}`
    const by = typeof replacement === 'function' ? replacement : `${textual(replacement)}`
    return replaceText(text, wanted, by)
  },
  replaceAll(pattern, replacement) {
    if (hasOwnWay(pattern) || this === undefined || this === null)
      return s.replaceAll(this, pattern, replacement)
    const text = textOf(this, 'replaceAll')
    const wanted = `${textual(pattern)}`
    const by = typeof replacement === 'function' ? replacement : `${textual(replacement)}`
    return replaceAllText(text, wanted, by)
  },
  split(separator, limit) {
    if (isObject(separator)) {
      charge(flat.call)
      return s.split(this, separator, limit)
    }
    const text = textOf(this, 'split')
    const units = unitsOf(separator)
    const { units: searched, parts } = price.split
    pay(text.length, searched + (units > 1 ? parts / units : parts))
    return s.split(text, textual(separator), limit)
  },
}
