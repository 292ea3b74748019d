/**
 * The clock: it shows the time of the entry, and stands still for the whole call. The time zone is that of the process, which is UTC; its
 * name in the text of a date would come from the locale of the process, so those texts are made here.
 */
import {
  construct,
  dateTime,
  defineProperty,
  give,
  isNaNumber,
  NativeDate,
  sliceText,
  uncurry,
} from './primordials.js'

const { parse, UTC, prototype } = NativeDate
let now = 0

export function setTime(time) {
  now = time
}

export function installDate() {
  function Date() {
    if (new.target === undefined) return textOf(new NativeDate(now))
    if (arguments.length === 0) return construct(NativeDate, [now], new.target)
    return construct(NativeDate, arguments, new.target)
  }
  defineProperty(Date, 'length', { __proto__: null, value: 7 })
  defineProperty(Date, 'prototype', { __proto__: null, value: prototype, writable: false })
  give(Date, 'now', { now: () => now }.now)
  give(Date, 'parse', parse)
  give(Date, 'UTC', UTC)
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
