/**
 * Parses the pattern of a regular expression. The engine has accepted the pattern, so its syntax is valid. The parser keeps the source of
 * everything that matches one character, and the engine decides later about single characters. So cases, properties and classes are exactly
 * the engine's.
 *
 * Nodes: `{ type: 'seq' | 'alt', list }`, `{ type: 'char', set }`, `{ type: 'edge', end, multiline }`, `{ type: 'word', not, set }`, `{
 * type: 'group', index, body }`, `{ type: 'look', behind, not, body }`, `{ type: 'ref', indices, ignoreCase }`, `{ type: 'loop', min, max,
 * lazy, body, from, to }`. A loop contains the captures from `from` up to, not including, `to`.
 */

import { freeze, methodsOf } from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import {
  countGroups,
  countsOf,
  groupName,
  isDigit,
  isHex,
  isHexIn,
  isLetter,
  isOctal,
  isPair,
} from './regexp-scan.js'
import { createSets } from './regexp-sets.js'

const { slice, indexOf, includes } = methodsOf(String.prototype)

/** Levels of nested groups. */
const nestingLevels = 200
const unitPrice = 8
const backslash = '\\'

export const flag = freeze({
  ignoreCase: 1,
  multiline: 2,
  dotAll: 4,
  unicode: 8,
  unicodeSets: 16,
})

/** Properties of strings, which can match more than one character. */
const stringProperties =
  'Basic_Emoji Emoji_Keycap_Sequence RGI_Modifier_Sequence RGI_Flag_Sequence RGI_Emoji_Tag_Sequence RGI_ZWJ_Sequence RGI_Emoji'

/** Pays for the character sets of the properties in a pattern. */
export function payForProperties(source) {
  for (let at = indexOf(source, backslash, 0); at >= 0; at = indexOf(source, backslash, at + 2)) {
    const letter = source[at + 1]
    if (letter === 'p' || letter === 'P') charge(flat.property)
  }
}

/** Returns `{ body, sets, groups, names }`: `groups` counts captures, `names` is a list of `[name, index]` in order. */
export function parsePattern(source, flags) {
  charge(source.length * unitPrice)
  payForProperties(source)
  const isUnicode = (flags & (flag.unicode | flag.unicodeSets)) !== 0
  const { count, names } = countGroups(source, (flags & flag.unicodeSets) !== 0)
  const sets = createSets(flags)
  let at = 0
  let group = 0
  let depth = 0
  let modes = flags

  const unit = (ahead = 0) => (at + ahead < source.length ? source[at + ahead] : '')
  const isMode = (bit) => (modes & bit) !== 0
  const one = (raw) => ({ __proto__: null, type: 'char', set: sets.of(raw, modes) })

  function disjunction() {
    depth += 1
    if (depth > nestingLevels) refusePattern(`nests groups more than ${nestingLevels} levels deep`)
    const list = [sequence()]
    while (unit() === '|') {
      at += 1
      list[list.length] = sequence()
    }
    depth -= 1
    return list.length === 1 ? list[0] : { __proto__: null, type: 'alt', list }
  }

  function sequence() {
    const list = []
    while (at < source.length && unit() !== '|' && unit() !== ')') {
      const from = group + 1
      const atom = term()
      list[list.length] = quantified(atom, from)
    }
    return { __proto__: null, type: 'seq', list }
  }

  function quantified(body, from) {
    let min = 0
    let max = Infinity
    switch (unit()) {
      case '*':
        at += 1
        break
      case '+':
        min = 1
        at += 1
        break
      case '?':
        max = 1
        at += 1
        break
      case '{': {
        const end = indexOf(source, '}', at)
        const counts = end === -1 ? null : countsOf(slice(source, at + 1, end))
        if (counts === null) return body
        min = counts.min
        max = counts.max
        at = end + 1
        break
      }
      default:
        return body
    }
    const lazy = unit() === '?'
    if (lazy) at += 1
    return { __proto__: null, type: 'loop', min, max, lazy, body, from, to: group + 1 }
  }

  function term() {
    const first = unit()
    switch (first) {
      case '^':
      case '$':
        at += 1
        return {
          __proto__: null,
          type: 'edge',
          end: first === '$',
          multiline: isMode(flag.multiline),
        }
      case '(':
        return parenthesis()
      case '[':
        return one(characterClass())
      case '\\':
        return escaped()
      default: {
        const pair = isUnicode && isPair(source, at)
        at += pair ? 2 : 1
        // These literals have a meaning in other places.
        if (first === '{' || first === '}' || first === ']') return one(`\\${first}`)
        return one(pair ? slice(source, at - 2, at) : first)
      }
    }
  }

  function parenthesis() {
    if (unit(1) !== '?') {
      at += 1
      return capture()
    }
    const kind = unit(2)
    if (kind === '=' || kind === '!') {
      at += 3
      return look(false, kind === '!')
    }
    if (kind === '<' && (unit(3) === '=' || unit(3) === '!')) {
      const not = unit(3) === '!'
      at += 4
      return look(true, not)
    }
    if (kind === '<') {
      at = indexOf(source, '>', at) + 1
      return capture()
    }
    const before = modes
    at += 2
    for (let adds = true; unit() !== ':'; at += 1) {
      const bit = unit() === 'i' ? flag.ignoreCase : unit() === 'm' ? flag.multiline : flag.dotAll
      if (unit() === '-') adds = false
      else modes = adds ? modes | bit : modes & ~bit
    }
    at += 1
    const body = disjunction()
    modes = before
    at += 1
    return { __proto__: null, type: 'group', index: 0, body }
  }

  function capture() {
    group += 1
    const index = group
    const body = disjunction()
    at += 1
    return { __proto__: null, type: 'group', index, body }
  }

  function look(behind, not) {
    const body = disjunction()
    at += 1
    return { __proto__: null, type: 'look', behind, not, body }
  }

  /** The source of a class. With the flag `v`, a class may contain classes. */
  function characterClass() {
    const start = at
    const nests = (flags & flag.unicodeSets) !== 0
    let open = 0
    do {
      const next = unit()
      if (next === '\\') at += 1
      else if (next === '[' && (nests || open === 0)) open += 1
      else if (next === ']') open -= 1
      at += 1
    } while (open > 0)
    const raw = slice(source, start, at)
    if (nests && (includes(raw, '\\q{') || namesStrings(raw))) sets.hasStrings = true
    return raw
  }

  function namesStrings(raw) {
    for (let from = indexOf(raw, '\\p{'); from !== -1; from = indexOf(raw, '\\p{', from + 1)) {
      const name = slice(raw, from + 3, indexOf(raw, '}', from))
      if (includes(` ${stringProperties} `, ` ${name} `)) return true
    }
    return false
  }

  function escaped() {
    const kind = unit(1)
    if (kind === 'b' || kind === 'B') {
      at += 2
      return { __proto__: null, type: 'word', not: kind === 'B', set: sets.of('\\w', modes) }
    }
    if (kind === 'k' && (isUnicode || names.length > 0)) {
      const end = indexOf(source, '>', at)
      const name = groupName(slice(source, at + 3, end))
      at = end + 1
      const indices = []
      for (let i = 0; i < names.length; i++)
        if (names[i].name === name) indices[indices.length] = names[i].index
      return { __proto__: null, type: 'ref', indices, ignoreCase: isMode(flag.ignoreCase) }
    }
    if (kind >= '1' && kind <= '9') {
      let digits = 1
      while (isDigit(unit(1 + digits))) digits += 1
      const number = +slice(source, at + 1, at + 1 + digits)
      if (isUnicode || number <= count) {
        at += 1 + digits
        return {
          __proto__: null,
          type: 'ref',
          indices: [number],
          ignoreCase: isMode(flag.ignoreCase),
        }
      }
    }
    const start = at
    // `\c` without a letter is a backslash.
    if (kind === 'c' && !isLetter(unit(2))) {
      at += 1
      return one('\\\\')
    }
    at += escapeLength(kind)
    const raw = slice(source, start, at)
    if ((flags & flag.unicodeSets) !== 0 && kind === 'p' && namesStrings(raw))
      sets.hasStrings = true
    return one(raw)
  }

  function escapeLength(kind) {
    switch (kind) {
      case 'c':
        return 3
      case 'x':
        return isHex(source, at + 2, 2) ? 4 : 2
      case 'u': {
        if (isUnicode && unit(2) === '{') return indexOf(source, '}', at) + 1 - at
        if (!isHex(source, at + 2, 4)) return 2
        const isLead = isUnicode && isHexIn(source, at + 2, 0xd800, 0xdbff)
        if (!isLead || slice(source, at + 6, at + 8) !== '\\u') return 6
        return isHex(source, at + 8, 4) && isHexIn(source, at + 8, 0xdc00, 0xdfff) ? 12 : 6
      }
      case 'p':
      case 'P':
        return isUnicode ? indexOf(source, '}', at) + 1 - at : 2
      default: {
        if (isUnicode || !isOctal(kind)) return isUnicode && isPair(source, at + 1) ? 3 : 2
        if (!isOctal(unit(2))) return 2
        return kind <= '3' && isOctal(unit(3)) ? 4 : 3
      }
    }
  }

  const body = disjunction()
  return { __proto__: null, body, sets, groups: count, names }
}

/** @throws SyntaxError */
export function refusePattern(why) {
  throw makeError(
    'SyntaxError',
    `a regular expression that ${why}; take it apart into several`,
    'ERR_VMS_REGEXP',
  )
}
