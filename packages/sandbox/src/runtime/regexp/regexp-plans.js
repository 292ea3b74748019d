/** The plan of a regular expression: whether the engine's matcher may run it, and otherwise its program for ours. */

import { freeze, getWeak, KnownMap, methodsOf, setWeak, uncurry } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { compilePattern } from './regexp-compile.js'
import { parsePattern, refusePattern } from './regexp-parse.js'
import { canFail, waysOf } from './regexp-shape.js'

const NativeRegExp = RegExp
const NativeMap = Map
const { repeat } = methodsOf(String.prototype)
const { get, set } = methodsOf(Map.prototype)
const getter = (name) => uncurry(Object.getOwnPropertyDescriptor(RegExp.prototype, name).get)
const sourceOf = getter('source')
const flagGetters = [
  ['ignoreCase', 'i'],
  ['multiline', 'm'],
  ['dotAll', 's'],
  ['unicode', 'u'],
  ['unicodeSets', 'v'],
  ['global', 'g'],
  ['sticky', 'y'],
  ['hasIndices', 'd'],
].map(([name, letter]) => ({ __proto__: null, read: getter(name), letter }))

/** Bits of the flags that control the search, above those that change the match. */
export const mode = freeze({ global: 32, sticky: 64, indices: 128 })
const matching = 31

const ofObjects = new KnownMap()
/** Flags that affect matching → source → shape. */
const ofPatterns = []
for (let i = 0; i <= matching; i++) ofPatterns[i] = new NativeMap()
/** Number of patterns in the cache. Past it, the cache is cleared. */
const mostPatterns = 1_000
let patterns = 0

/** @throws TypeError if it is no regular expression */
export function planOf(object) {
  const known = getWeak(ofObjects, object)
  if (known !== undefined) return known
  charge(flat.expression)
  let flags = 0
  for (let i = 0; i < flagGetters.length; i++) if (flagGetters[i].read(object)) flags |= 1 << i
  const plan = { flags, shape: shapeOf(sourceOf(object), flags & matching) }
  setWeak(ofObjects, object, plan)
  return plan
}

/** Called after `compile`, which gives the same object another pattern. */
export function forgetPlan(object) {
  setWeak(ofObjects, object, undefined)
}

function shapeOf(source, flags) {
  const known = get(ofPatterns[flags], source)
  if (known !== undefined) return known
  const pattern = parsePattern(source, flags)
  const ways = waysOf(pattern.body)
  const shape = {
    /** The engine's expression for searching; null if the engine must not run it. */
    search: null,
    there: null,
    /** Units per character that the engine passes over. */
    price: 1 / 8 + ways / 16,
    names: pattern.names,
    groups: pattern.groups,
    program: null,
    /** An engine's expression with as many groups that matches nothing. */
    blank: null,
    indexedBlank: null,
  }
  if (ways !== Infinity) {
    const letters = lettersOf(flags)
    shape.search = new NativeRegExp(source, `${letters}g`)
    shape.there = new NativeRegExp(source, `${letters}y`)
  } else {
    if (pattern.sets.hasStrings)
      refusePattern('has sets of texts, and may have to look at a text many times over')
    const { code, registers, references } = compilePattern(pattern)
    const blanks = repeat('()', pattern.groups)
    shape.blank = new NativeRegExp(blanks)
    shape.indexedBlank = new NativeRegExp(blanks, 'd')
    shape.program = {
      code,
      registers,
      references,
      sets: pattern.sets,
      isUnicode: (flags & 24) !== 0,
      first: firstSet(pattern.body),
    }
  }
  patterns += 1
  if (patterns > mostPatterns) {
    for (let i = 0; i <= matching; i++) ofPatterns[i] = new NativeMap()
    patterns = 1
  }
  set(ofPatterns[flags], source, shape)
  return shape
}

function lettersOf(flags) {
  let letters = ''
  for (let i = 0; i < 5; i++) if ((flags & (1 << i)) !== 0) letters += flagGetters[i].letter
  return letters
}

/** The set of the first character of any match; null if no single set holds it. */
function firstSet(node) {
  switch (node.type) {
    case 'char':
      return node.set
    case 'group':
      return firstSet(node.body)
    case 'loop':
      return node.min > 0 ? firstSet(node.body) : null
    case 'seq':
      for (let i = 0; i < node.list.length; i++) {
        const item = node.list[i]
        if (item.type === 'edge' || item.type === 'word' || item.type === 'look') continue
        return canFail(item) ? firstSet(item) : null
      }
      return null
    default:
      return null
  }
}
