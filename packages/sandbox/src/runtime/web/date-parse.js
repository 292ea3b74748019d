/**
 * Parses dates: the format of ECMAScript (`2026-01-02T03:04:05.678Z` and its shorter forms) and the formats that `Date` itself prints.
 * Other texts are invalid, because engines differ in what else they accept. A date without a zone is UTC.
 */
import { isNaNumber, NativeDate, sliceText, unitAt } from '../core/primordials.js'

const { UTC } = NativeDate
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const dayMs = 86_400_000
const fourCenturiesMs = 146_097 * dayMs

let text = ''
let at = 0

/** Milliseconds since 1970; NaN if the text is no date. */
export function parseDate(source) {
  text = source
  at = 0
  const time = nameAt(days) === -1 ? isoTime() : printedTime()
  text = ''
  return time
}

/** Skips a sign or a letter if it is next. */
function take(what) {
  if (sliceText(text, at, at + what.length) !== what) return false
  at += what.length
  return true
}

/** Reads exactly `count` digits; NaN if they are missing. */
function digits(count) {
  let value = 0
  for (let i = 0; i < count; i++) {
    const unit = at < text.length ? unitAt(text, at) : 0
    if (unit < 0x30 || unit > 0x39) return NaN
    value = 10 * value + unit - 0x30
    at += 1
  }
  return value
}

function isoTime() {
  let year
  if (take('+')) year = digits(6)
  else if (take('-')) {
    year = -digits(6)
    if (year === 0) return NaN
  } else year = digits(4)
  let month = 1
  let day = 1
  if (take('-')) {
    month = digits(2)
    if (take('-')) day = digits(2)
  }
  let clock = 0
  let offset = 0
  if (take('T')) {
    clock = clockTime(true)
    offset = isoOffset()
  }
  return at === text.length ? timeOf(year, month - 1, day) + clock - offset : NaN
}

/** Milliseconds since midnight. */
function clockTime(isIso) {
  const hours = digits(2)
  if (!take(':')) return NaN
  const minutes = digits(2)
  let seconds = 0
  let ms = 0
  if (take(':')) {
    seconds = digits(2)
    if (isIso && take('.')) ms = fraction()
  } else if (!isIso) return NaN
  if (!(minutes < 60 && seconds < 60)) return NaN
  const time = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + ms
  return hours < 24 || (isIso && time === dayMs) ? time : NaN
}

/** Up to nine digits, of which the first three count. Other languages print micro- and nanoseconds. */
function fraction() {
  let ms = 0
  let count = 0
  for (; count < 9; count++) {
    const digit = digits(1)
    if (isNaNumber(digit)) break
    if (count < 3) ms = 10 * ms + digit
  }
  if (count === 0) return NaN
  return count === 1 ? 100 * ms : count === 2 ? 10 * ms : ms
}

function isoOffset() {
  if (at === text.length || take('Z')) return 0
  const sign = take('+') ? 1 : take('-') ? -1 : NaN
  const hours = digits(2)
  if (!take(':')) return NaN
  const minutes = digits(2)
  return hours < 24 && minutes < 60 ? sign * (60 * hours + minutes) * 60_000 : NaN
}

/** `Thu Jan 01 1970`, `Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)` or `Thu, 01 Jan 1970 00:00:00 GMT`. */
function printedTime() {
  at = 3
  const isUtc = take(',')
  if (!take(' ')) return NaN
  let month
  let day
  if (isUtc) {
    day = digits(2)
    if (!take(' ')) return NaN
    month = takeMonth()
  } else {
    month = takeMonth()
    if (!take(' ')) return NaN
    day = digits(2)
  }
  if (!take(' ')) return NaN
  const isBefore = take('-')
  let length = 0
  while (at + length < text.length && isDigit(unitAt(text, at + length))) length += 1
  if (length < 4 || length > 6) return NaN
  const year = digits(length)
  const time = timeOf(isBefore ? -year : year, month, day)
  if (at === text.length && !isUtc) return time
  if (!take(' ')) return NaN
  const clock = clockTime(false)
  if (!take(' GMT')) return NaN
  let offset = 0
  if (!isUtc && at < text.length) {
    const sign = take('+') ? 1 : take('-') ? -1 : NaN
    const hours = digits(2)
    offset = sign * (60 * hours + digits(2)) * 60_000
    if (take(' (')) at = sliceText(text, -1) === ')' ? text.length : -1
  }
  return at === text.length ? time + clock - offset : NaN
}

function isDigit(unit) {
  return unit >= 0x30 && unit <= 0x39
}

function nameAt(names) {
  const name = sliceText(text, at, at + 3)
  for (let i = 0; i < names.length; i++) if (names[i] === name) return i
  return -1
}

function takeMonth() {
  const month = nameAt(months)
  at += 3
  return month === -1 ? NaN : month
}

function timeOf(year, month, day) {
  if (!(month >= 0 && month < 12 && day >= 1)) return NaN
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > lengths[month] + (month === 1 && isLeap ? 1 : 0)) return NaN
  // Date.UTC maps the years 0 to 99 to 1900 to 1999.
  return year >= 0 && year < 100
    ? UTC(year + 400, month, day) - fourCenturiesMs
    : UTC(year, month, day)
}
