/**
 * `test`, and replacing, matching and splitting by a regular expression. The engine implements these through `exec`, which in the frozen
 * world costs several times as much. This file handles the common case directly: an expression that the script did not change. The engine
 * handles any other.
 */

import { append, apply, getPrototypeOf, methodsOf, ownKeys } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat, pricesOf } from '../metering/prices.js'
import { grow, substitute } from '../metering/string-replace.js'
import { execute, search, toLength } from './regexp-exec.js'
import { mode, planOf } from './regexp-plans.js'
import { isPair } from './regexp-scan.js'

const price = pricesOf('RegExp.prototype')
const { prototype } = RegExp
const native = methodsOf(prototype)
const { slice } = methodsOf(String.prototype)
const { match, replace, split } = Symbol
const isUnicode = ({ flags }) => (flags & 24) !== 0

/** The plan of an expression without own properties; null for anything else. */
function plainPlan(object) {
  if (typeof object !== 'object' || object === null) return null
  if (getPrototypeOf(object) !== prototype || ownKeys(object).length !== 1) return null
  return planOf(object)
}

const textOf = (value) => (typeof value === 'string' ? value : `${value}`)

/** The position after an empty match. */
function advance(plan, text, at) {
  return at + (isUnicode(plan) && isPair(text, at) ? 2 : 1)
}

export const regExpMethods = {
  test(string) {
    const plan = plainPlan(this)
    return plan === null ? native.test(this, string) : execute(this, plan, textOf(string)) !== null
  },

  [match](string) {
    const plan = plainPlan(this)
    if (plan === null) return native[match](this, string)
    const text = textOf(string)
    if ((plan.flags & mode.global) === 0) return execute(this, plan, text)
    const matches = []
    let count = 0
    each(this, plan, text, (found) => {
      append(matches, found[0])
      count += 1
    })
    return count === 0 ? null : matches
  },

  [replace](string, replacement) {
    const plan = plainPlan(this)
    if (plan === null) return native[replace](this, string, replacement)
    const text = textOf(string)
    const by = typeof replacement === 'function' ? replacement : textOf(replacement)
    // Finds all matches before the first replacement.
    let first = null
    let last = null
    const keep = (found) => {
      const item = { __proto__: null, found, next: null }
      if (first === null) first = item
      else last.next = item
      last = item
    }
    if ((plan.flags & mode.global) !== 0) each(this, plan, text, keep)
    else {
      const found = execute(this, plan, text)
      if (found !== null) keep(found)
    }
    let whole = ''
    let end = 0
    for (let item = first; item !== null; item = item.next) {
      const { found } = item
      const { index } = found
      const piece = replaced(found, text, by)
      if (index < end) continue
      whole = grow(grow(whole, slice(text, end, index)), piece)
      end = index + found[0].length
    }
    return end === 0 && first === null ? text : grow(whole, slice(text, end))
  },

  [split](string, limit) {
    const plan = plainPlan(this)
    if (plan === null) return native[split](this, string, limit)
    const text = textOf(string)
    const most = limit === undefined ? 0xffffffff : limit >>> 0
    const parts = []
    let count = 0
    const add = (part) => {
      charge(price['@@split'].parts)
      append(parts, part)
      count += 1
      return count === most
    }
    if (most === 0) return parts
    if (text.length === 0) {
      if (search(plan, text, 0, true) === null) add(text)
      return parts
    }
    let start = 0
    for (let from = 0; from < text.length; ) {
      const found = search(plan, text, from, false)
      if (found === null || found.index >= text.length) break
      // The engine finds an empty match between two surrogates, but a sticky match cannot begin there.
      if (isUnicode(plan) && found.index > 0 && isPair(text, found.index - 1)) {
        from = found.index + 1
        continue
      }
      const end = found.index + found[0].length
      if (end === start) {
        from = advance(plan, text, found.index > from ? found.index : from)
        continue
      }
      if (add(slice(text, start, found.index))) return parts
      for (let i = 1; i < found.length; i++) if (add(found[i])) return parts
      start = end
      from = end
    }
    add(slice(text, start))
    return parts
  },
}

/** Every match of a global expression, from the start of the text. */
function each(object, plan, text, visit) {
  object.lastIndex = 0
  for (;;) {
    const found = execute(object, plan, text)
    if (found === null) return
    visit(found)
    charge(flat.call)
    if (found[0].length === 0) object.lastIndex = advance(plan, text, toLength(object.lastIndex))
  }
}

function replaced(found, text, by) {
  if (typeof by !== 'function')
    return substitute(by, found[0], text, found.index, found, found.groups)
  const given = []
  for (let i = 0; i < found.length; i++) append(given, found[i])
  append(given, found.index)
  append(given, text)
  if (found.groups !== undefined) append(given, found.groups)
  return `${apply(by, undefined, given)}`
}
