/** The text being matched, read in both directions, by units or by code points. */

import { methodsOf } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { isPair } from './regexp-scan.js'
import { step } from './regexp-steps.js'

const NativeRegExp = RegExp
const { charCodeAt, codePointAt, slice } = methodsOf(String.prototype)
const { exec } = methodsOf(RegExp.prototype)
/** Units for asking the engine whether two characters differ only in case. */
const casePrice = 256

/** Matches two characters that are equal except for case. */
const sameUnit = new NativeRegExp('^(.)\\1$', 'is')
const samePoint = new NativeRegExp('^(.)\\1$', 'isu')

let text = ''
let sets
let isUnicode = false

/** Takes a text. An empty text releases the previous one. */
export function hold(input, setsOfPattern, byPoints) {
  text = input
  sets = setsOfPattern
  isUnicode = byPoints
}

/** The position after a character of a set, in a direction; −1 if there is none. */
export function after(set, pos, direction) {
  if (direction > 0) {
    if (pos >= text.length) return -1
    const point = read(pos)
    return sets[set].has(point) ? pos + (point > 0xffff ? 2 : 1) : -1
  }
  const from = before(pos, 1)
  return from >= 0 && pos > 0 && sets[set].has(read(from)) ? from : -1
}

/** The position one character back, against a direction. */
export function before(pos, direction) {
  if (direction > 0) return pos - (isUnicode && pos > 1 && isPair(text, pos - 2) ? 2 : 1)
  return pos + (isUnicode && isPair(text, pos) ? 2 : 1)
}

export function read(pos) {
  const unit = charCodeAt(text, pos)
  return isUnicode && unit >= 0xd800 && unit <= 0xdbff ? codePointAt(text, pos) : unit
}

export function isEdge(isEnd, isMultiline, pos) {
  if (isEnd ? pos === text.length : pos === 0) return true
  return isMultiline && isLineEnd(charCodeAt(text, isEnd ? pos : pos - 1))
}

function isLineEnd(unit) {
  return unit === 0x0a || unit === 0x0d || unit === 0x2028 || unit === 0x2029
}

/** Whether the same character is at two positions; `size`: its units at the first. */
function isSame(left, right, size, ignoreCase) {
  const a = read(left)
  const b = read(right)
  if (a === b) return true
  if (!ignoreCase) return false
  charge(casePrice)
  const both = slice(text, left, left + size) + slice(text, right, right + (b > 0xffff ? 2 : 1))
  return exec(isUnicode ? samePoint : sameUnit, both) !== null
}

/** The position after a repetition of the first capture that has matched: `pos` itself if none has, −1 if the text differs. */
export function afterCapture(registers, captures, pos, ignoreCase, direction) {
  for (let i = 0; i < captures.length; i++) {
    const start = registers[2 * captures[i]]
    const end = registers[2 * captures[i] + 1]
    if (start < 0 || end < 0) continue
    const length = end - start
    const from = direction > 0 ? pos : pos - length
    if (from < 0 || from + length > text.length) return -1
    for (let j = 0; j < length; ) {
      step(1)
      const size = isUnicode && isPair(text, start + j) ? 2 : 1
      if (!isSame(start + j, from + j, size, ignoreCase)) return -1
      j += size
    }
    return direction > 0 ? from + length : from
  }
  return pos
}
