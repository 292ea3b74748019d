/**
 * Replaces text by text, in JavaScript, because the result's length is known only as it grows. `substitute` is GetSubstitution of the
 * specification, and serves regular expressions too.
 */

import { methodsOf } from '../core/primordials.js'
import { charge } from './meter.js'
import { bound, flat, pricesOf } from './prices.js'
import { pay, refuseText } from './pricing.js'

const price = pricesOf('String.prototype')
const { indexOf, slice, charCodeAt } = methodsOf(String.prototype)

const dollar = 0x24
const ampersand = 0x26
const backtick = 0x60
const quote = 0x27
const less = 0x3c

/** A text that grows piece by piece; each piece is paid for. */
export function grow(text, piece) {
  charge(price.replace.pieces + ((piece.length * price.replace.madeUnits) | 0))
  if (text.length + piece.length > bound.textUnits) refuseText()
  return text + piece
}

/** `'…'.replace('…', …)`. */
export function replaceText(text, pattern, replacement) {
  pay(text.length, price.replace.units)
  const at = indexOf(text, pattern)
  if (at === -1) return text
  const middle = replaced(text, pattern, replacement, at)
  return grow(grow(slice(text, 0, at), middle), slice(text, at + pattern.length))
}

/** `'…'.replaceAll('…', …)`. */
export function replaceAllText(text, pattern, replacement) {
  const step = pattern.length === 0 ? 1 : pattern.length
  let whole = ''
  let end = 0
  pay(text.length, price.replaceAll.units)
  for (let at = indexOf(text, pattern, 0); at !== -1; at = next(text, pattern, at + step)) {
    whole = grow(whole, slice(text, end, at))
    whole = grow(whole, replaced(text, pattern, replacement, at))
    end = at + pattern.length
  }
  return end < text.length ? grow(whole, slice(text, end)) : whole
}

function next(text, pattern, from) {
  return from > text.length ? -1 : indexOf(text, pattern, from)
}

function replaced(text, pattern, replacement, at) {
  return typeof replacement === 'function'
    ? `${replacement(pattern, at, text)}`
    : substitute(replacement, pattern, text, at, null, undefined)
}

/** A replacement with its `$…` filled in. `captures[0]` is the whole match; null stands for no captures. */
export function substitute(template, matched, text, at, captures, groups) {
  let from = indexOf(template, '$')
  if (from === -1) return template
  charge(flat.call + template.length)
  let whole = slice(template, 0, from)
  while (from < template.length) {
    if (charCodeAt(template, from) !== dollar) {
      const until = indexOf(template, '$', from)
      const end = until === -1 ? template.length : until
      whole = grow(whole, slice(template, from, end))
      from = end
      continue
    }
    let piece = '$'
    let length = 1
    switch (charCodeAt(template, from + 1)) {
      case dollar:
        length = 2
        break
      case ampersand:
        length = 2
        piece = matched
        break
      case backtick:
        length = 2
        piece = slice(text, 0, at)
        break
      case quote:
        length = 2
        piece = at + matched.length < text.length ? slice(text, at + matched.length) : ''
        break
      case less: {
        const end = groups === undefined ? -1 : indexOf(template, '>', from + 2)
        if (end === -1) break
        const value = groups[slice(template, from + 2, end)]
        length = end + 1 - from
        piece = value === undefined ? '' : `${value}`
        break
      }
      default: {
        const digits = groupDigits(template, from + 1, captures)
        if (digits === 0) break
        const value = captures[+slice(template, from + 1, from + 1 + digits)]
        length = 1 + digits
        piece = value === undefined ? '' : value
      }
    }
    whole = grow(whole, piece)
    from += length
  }
  return whole
}

/** Number of digits that name a capture: two if that capture exists, else one, else none. */
function groupDigits(template, from, captures) {
  if (captures === null) return 0
  const first = digitAt(template, from)
  if (first < 0) return 0
  const second = digitAt(template, from + 1)
  const both = 10 * first + second
  if (second >= 0 && both >= 1 && both < captures.length) return 2
  return first >= 1 && first < captures.length ? 1 : 0
}

function digitAt(text, at) {
  const digit = charCodeAt(text, at) - 0x30
  return digit >= 0 && digit <= 9 ? digit : -1
}
