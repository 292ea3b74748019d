/** `exec` and its match result, as in the specification. */

import { methodsOf } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { findMatch } from './regexp-match.js'
import { mode } from './regexp-plans.js'

const { exec } = methodsOf(RegExp.prototype)
const { slice } = methodsOf(String.prototype)

/** RegExpBuiltinExec. */
export function execute(object, plan, text) {
  const { flags, shape } = plan
  charge(flat.match)
  if (shape.program === null) return executeNative(object, flags, shape, text)
  const asked = toLength(object.lastIndex)
  const moves = (flags & (mode.global | mode.sticky)) !== 0
  const from = moves ? asked : 0
  const found =
    from > text.length ? null : findMatch(shape.program, text, from, (flags & mode.sticky) !== 0)
  if (found === null) {
    if (moves) object.lastIndex = 0
    return null
  }
  if (moves) object.lastIndex = found[1]
  return resultOf(shape, text, found, (flags & mode.indices) !== 0)
}

function executeNative(object, flags, shape, text) {
  const moves = (flags & (mode.global | mode.sticky)) !== 0
  const asked = object.lastIndex
  const isPlain = typeof asked === 'number'
  const from = moves && isPlain && asked > 0 ? asked : 0
  const found = exec(object, text)
  payForPassed(shape, from, found, text, (flags & mode.sticky) !== 0)
  return found
}

/** What was passed over is known afterwards; it cannot take long, because the shape is one that takes no longer than its text. */
function payForPassed(shape, from, found, text, isSticky) {
  const end = found === null ? (isSticky ? from : text.length) : found.index + found[0].length
  charge(end > from ? ((end - from) * shape.price) | 0 : 0)
}

/**
 * A match at or after a place, whatever the object's `lastIndex` says: what `exec` gives, or null. `isThere`: at that place and at no
 * other.
 */
export function search(plan, text, from, isThere) {
  const { shape } = plan
  charge(flat.match)
  if (shape.program === null) {
    const native = isThere ? shape.there : shape.search
    native.lastIndex = from
    const found = exec(native, text)
    payForPassed(shape, from, found, text, isThere)
    return found
  }
  const found = findMatch(shape.program, text, from, isThere)
  return found === null ? null : resultOf(shape, text, found, false)
}

/**
 * The array that `exec` gives: one that the engine has made for a pattern of as many groups, filled anew. That is faster than to define
 * its properties, and as safe, since all of them are there.
 */
function resultOf(shape, text, registers, withIndices) {
  const { groups, names } = shape
  const result = exec(withIndices ? shape.indexedBlank : shape.blank, '')
  charge(2 * groups)
  for (let i = 0; i <= groups; i++) {
    const start = registers[2 * i]
    const end = registers[2 * i + 1]
    const isSet = start >= 0 && end >= 0
    result[i] = isSet ? slice(text, start, end) : undefined
    if (withIndices) result.indices[i] = isSet ? [start, end] : undefined
  }
  result.index = registers[0]
  result.input = text
  result.groups = named(names, result)
  if (withIndices) result.indices.groups = named(names, result.indices)
  return result
}

function named(names, values) {
  if (names.length === 0) return undefined
  const groups = { __proto__: null }
  for (let i = 0; i < names.length; i++) {
    const { name, index } = names[i]
    // Of several groups of one name, the matched one.
    if (groups[name] === undefined) groups[name] = values[index]
  }
  return groups
}

export function toLength(value) {
  const length = +value
  return length > 0 ? length - (length % 1) : 0
}
