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

/** Pays afterwards for the characters that the engine passed over. The pattern's shape bounds the engine's work by the text's length. */
function payForPassed(shape, from, found, text, isSticky) {
  const end = found === null ? (isSticky ? from : text.length) : found.index + found[0].length
  charge(end > from ? ((end - from) * shape.price) | 0 : 0)
}

/**
 * A match at or after `from`, whatever the object's `lastIndex`: the result of `exec`, or null. `isThere`: only a match at `from` itself
 * counts.
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
 * The array that `exec` returns. It refills an array that the engine made for a pattern with as many groups. That is faster than defining
 * the properties, and as safe, because all of them exist.
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
    // Of several groups with one name, the result is the one that matched.
    if (groups[name] === undefined) groups[name] = values[index]
  }
  return groups
}

export function toLength(value) {
  const length = +value
  return length > 0 ? length - (length % 1) : 0
}
