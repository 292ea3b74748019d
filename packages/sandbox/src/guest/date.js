/** The clock: it shows the time of the entry, and stands still for the whole call. */
import { construct, defineProperty, give, NativeDate } from './primordials.js'

const { parse, UTC, prototype } = NativeDate
let now = 0

export function setTime(time) {
  now = time
}

export function installDate() {
  function Date() {
    if (new.target === undefined) return `${new NativeDate(now)}`
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
}
