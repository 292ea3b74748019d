/** Functions that depend on a locale give the same text everywhere: numbers as `String` does, dates in ISO form, letters by code unit. */

import { dateIso, dateTime, give, isNaNumber, sliceText, uncurry } from '../core/primordials.js'
import { textOf } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'

export function installLocale() {
  const dates = Date.prototype
  replace(dates, 'toLocaleString', (date) => isoPart(date, 0, 19, ' '))
  replace(dates, 'toLocaleDateString', (date) => isoPart(date, 0, 10, ''))
  replace(dates, 'toLocaleTimeString', (date) => isoPart(date, 11, 19, ''))
  replace(Number.prototype, 'toLocaleString', uncurry(Number.prototype.toString))
  replace(BigInt.prototype, 'toLocaleString', uncurry(BigInt.prototype.toString))
  const strings = String.prototype
  replace(strings, 'toLocaleUpperCase', uncurry(strings.toUpperCase))
  replace(strings, 'toLocaleLowerCase', uncurry(strings.toLowerCase))
  replace(strings, 'localeCompare', compareUnits)
}

/** Defines a method that passes its `this`, and its first argument only if `run` takes it. It ignores locales. */
function replace(prototype, name, run) {
  const takesArgument = run === compareUnits
  const holder = {
    [name](argument) {
      charge(flat.call)
      return takesArgument ? run(this, argument) : run(this)
    },
  }
  give(prototype, name, holder[name])
}

function compareUnits(left, right) {
  const a = textOf(left)
  const b = textOf(right)
  return a < b ? -1 : a > b ? 1 : 0
}

/** `2026-01-02 03:04:05` or a part of it, in UTC. */
function isoPart(date, start, end, separator) {
  charge(flat.dateText)
  const time = dateTime(date)
  if (isNaNumber(time)) return 'Invalid Date'
  const text = dateIso(date)
  // Years beyond four digits have a sign and six digits.
  const shift = text[0] === '+' || text[0] === '-' ? 3 : 0
  const part = sliceText(text, start === 0 ? 0 : start + shift, end + shift)
  return separator === ''
    ? part
    : `${sliceText(part, 0, 10 + shift)}${separator}${sliceText(part, 11 + shift)}`
}
