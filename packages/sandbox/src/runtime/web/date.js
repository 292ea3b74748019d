/**
 * The clock. It shows the entry's time, and stands still during the whole call. The process runs in UTC. The zone's name in a date's text
 * would depend on the process's locale, so this file makes those texts, and date-parse.js reads them.
 */

import {
  apply,
  construct,
  dateTime,
  defineProperty,
  give,
  isNaNumber,
  NativeDate,
  sliceText,
  toPrimitiveSymbol,
  uncurry,
} from '../core/primordials.js'
import { numericAll, textOf as textGiven } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { parseDate } from './date-parse.js'

const { UTC, prototype } = NativeDate
let now = 0

export function setTime(time) {
  now = time
}

export function installDate(makeError) {
  function Date(value) {
    if (new.target === undefined) {
      charge(flat.dateText)
      return textOf(new NativeDate(now))
    }
    charge(flat.object)
    if (arguments.length === 0) return construct(NativeDate, [now], new.target)
    if (arguments.length > 1) return construct(NativeDate, numericAll(arguments), new.target)
    return construct(NativeDate, [timeFrom(value, makeError)], new.target)
  }
  defineProperty(Date, 'length', { __proto__: null, value: 7 })
  defineProperty(Date, 'prototype', { __proto__: null, value: prototype, writable: false })
  give(Date, 'now', { now: () => now }.now)
  give(
    Date,
    'parse',
    {
      parse(text) {
        charge(flat.object)
        return parseDate(textGiven(text))
      },
    }.parse,
  )
  give(Date, 'UTC', converting(UTC))
  for (let i = 0; i < setters.length; i++)
    give(prototype, setters[i], converting(prototype[setters[i]]))
  give(prototype, 'setYear', converting(prototype.setYear))
  give(prototype, 'constructor', Date)
  give(globalThis, 'Date', Date)
  const texts = {
    toString() {
      return textOf(this)
    },
    toTimeString() {
      return timeOf(this)
    },
  }
  give(prototype, 'toString', texts.toString)
  give(prototype, 'toTimeString', texts.toTimeString)
}

const setters = [
  'setDate',
  'setFullYear',
  'setHours',
  'setMilliseconds',
  'setMinutes',
  'setMonth',
  'setSeconds',
  'setTime',
  'setUTCDate',
  'setUTCFullYear',
  'setUTCHours',
  'setUTCMilliseconds',
  'setUTCMinutes',
  'setUTCMonth',
  'setUTCSeconds',
]

/** A built-in with numeric arguments. It pays for converting other arguments. */
function converting(native) {
  const { name, length } = native
  const made = {
    [name](...given) {
      return apply(native, this, numericAll(given))
    },
  }[name]
  defineProperty(made, 'length', { __proto__: null, value: length, configurable: true })
  return made
}

/** The time of `new Date(value)`: the engine's, except for texts. */
function timeFrom(value, makeError) {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
    return typeof value === 'string' ? parseDate(value) : value
  }
  charge(flat.dateText)
  try {
    return dateTime(value)
  } catch {
    // The value is no Date.
  }
  const primitive = primitiveOf(value, makeError)
  return typeof primitive === 'string' ? parseDate(primitive) : primitive
}

/** The language's ToPrimitive without a hint. */
function primitiveOf(value, makeError) {
  const isObject = (result) =>
    (typeof result === 'object' && result !== null) || typeof result === 'function'
  const convert = value[toPrimitiveSymbol]
  if (convert !== undefined && convert !== null) {
    const result = apply(convert, value, ['default'])
    if (!isObject(result)) return result
  } else {
    for (let i = 0; i < 2; i++) {
      const method = i === 0 ? value.valueOf : value.toString
      if (typeof method !== 'function') continue
      const result = apply(method, value, [])
      if (!isObject(result)) return result
    }
  }
  throw makeError('TypeError', 'no date can be made of the object', 'ERR_INVALID_ARG_VALUE')
}

const dayOf = uncurry(prototype.toDateString)
/** `Thu, 01 Jan 1970 00:00:00 GMT`, the same in every locale. */
const utcOf = uncurry(prototype.toUTCString)
const invalid = 'Invalid Date'

function timeOf(date) {
  if (isNaNumber(dateTime(date))) return invalid
  return `${sliceText(utcOf(date), -12)}+0000 (Coordinated Universal Time)`
}

function textOf(date) {
  return isNaNumber(dateTime(date)) ? invalid : `${dayOf(date)} ${timeOf(date)}`
}
