/**
 * JSON. The engine parses a text once its nesting is known to be bounded. `stringify` is in JavaScript, as the specification defines it:
 * the engine's version recurses on its own stack, and knows the size of its result only afterwards.
 */

import {
  apply,
  bigintValue,
  getPrototypeOf,
  isArray,
  keys,
  methodsOf,
  put,
  trunc,
  uncurry,
} from '../core/primordials.js'
import { textual } from '../metering/conversions.js'
import { charge, enter, leave } from '../metering/meter.js'
import { bound, flat, pricesOf } from '../metering/prices.js'
import { isObject, isProxy, refuseText, wrap } from '../metering/pricing.js'
import { revived } from './json-revive.js'

const price = pricesOf('JSON')
const { parse, stringify } = JSON
const isRaw = JSON.isRawJSON
const { rawJSON } = JSON
const { charCodeAt, slice } = methodsOf(String.prototype)
const numbers = Number.prototype
const strings = String.prototype
const booleans = Boolean.prototype
const bigints = BigInt.prototype
const numberValue = uncurry(numbers.valueOf)
const stringValue = uncurry(strings.valueOf)
const booleanValue = uncurry(booleans.valueOf)
/** Units of depth for one level of a value, on the engine's stack or ours. */
const levelDepth = 1
/** Pieces that are concatenated before they become one part. */
const piecesPerPart = 1_024

export function installJson() {
  wrap(JSON, {
    parse(text, reviver) {
      const source = typeof text === 'string' ? text : `${text}`
      charge(flat.call + source.length * price.parse.units)
      return typeof reviver === 'function' ? revived(source, reviver) : parse(source)
    },
    rawJSON(given) {
      const source = `${textual(given)}`
      charge(flat.object + source.length * price.rawJSON.units)
      return rawJSON(source)
    },
    stringify(value, replacer, space) {
      charge(flat.call)
      return write(value, replacer, space)
    },
  })
}

function write(value, replacer, space) {
  let whole = ''
  let part = ''
  let pieces = 0
  let indent = ''
  /** Objects that are being written, outermost first. */
  let open = null
  let level = 0
  const call = typeof replacer === 'function' ? replacer : null
  const allowed = call === null && isArray(replacer) ? allowedKeys(replacer) : null
  const gap = gapOf(space)

  const add = (piece) => {
    charge((piece.length * price.stringify.madeUnits) | 0)
    part += piece
    pieces += 1
    if (whole.length + part.length > bound.textUnits) refuseText()
    if (pieces < piecesPerPart) return
    pieces = 0
    // Reading one unit flattens the text. Its many pieces would take many times its size.
    charCodeAt(part, 0)
    whole += part
    part = ''
  }

  /** The value to write in place of `given`; undefined if JSON omits it. */
  const prepare = (holder, key, given) => {
    charge(price.stringify.values)
    let item = given
    if (isObject(item) || typeof item === 'bigint') {
      const { toJSON } = item
      if (typeof toJSON === 'function') item = apply(toJSON, item, [`${key}`])
    }
    if (call !== null) item = apply(call, holder, [`${key}`, item])
    return typeof item === 'object' && item !== null ? unboxed(item) : item
  }

  /** Writes the result of `prepare`. Returns false if there is nothing to write. */
  const writeItem = (item, before) => {
    switch (typeof item) {
      case 'string':
        add(before)
        charge(item.length * price.stringify.innerUnits)
        add(stringify(item))
        return true
      case 'number':
      case 'boolean':
        add(`${before}${item - item === 0 || typeof item === 'boolean' ? item : 'null'}`)
        return true
      case 'bigint':
        stringify(item)
        return false
      case 'object':
        add(before)
        if (item === null) add('null')
        else if (isRaw?.(item)) add(item.rawJSON)
        else writeObject(item)
        return true
      default:
        return false
    }
  }

  const writeObject = (object) => {
    for (let outer = open; outer !== null; outer = outer.next)
      if (outer.object === object) throw new TypeError('Converting circular structure to JSON')
    charge(level >> 2)
    enter(levelDepth)
    level += 1
    const outside = indent
    open = { object, next: open }
    indent += gap
    const isList = isArray(object)
    const any = isList ? writeList(object) : writeEntries(object)
    indent = outside
    if (any && gap !== '') add(`\n${indent}`)
    add(isList ? ']' : '}')
    open = open.next
    level -= 1
    leave(levelDepth)
  }

  const writeList = (list) => {
    const { length } = list
    add('[')
    for (let i = 0; i < length; i++) {
      const before = gap === '' ? (i === 0 ? '' : ',') : `${i === 0 ? '' : ','}\n${indent}`
      if (!writeItem(prepare(list, i, list[i]), before)) add(`${before}null`)
    }
    return length > 0
  }

  const writeEntries = (object) => {
    const names = allowed ?? keys(object)
    let any = false
    add('{')
    for (let i = 0; i < names.length; i++) {
      const name = names[i]
      const item = prepare(object, name, object[name])
      const comma = any ? ',' : ''
      const start = gap === '' ? comma : `${comma}\n${indent}`
      if (writeItem(item, `${start}${stringify(name)}${gap === '' ? ':' : ': '}`)) any = true
    }
    return any
  }

  const holder = { '': value }
  try {
    return writeItem(prepare(holder, '', value), '') ? whole + part : undefined
  } finally {
    leave(level * levelDepth)
  }
}

/** Writes boxed primitives as their primitives. Their prototypes identify them. */
function unboxed(object) {
  for (let kind = object; kind !== null && !isProxy(kind); kind = getPrototypeOf(kind)) {
    if (kind === numbers) return holds(numberValue, object) ? +object : object
    if (kind === strings) return holds(stringValue, object) ? `${object}` : object
    if (kind === booleans) return holds(booleanValue, object) ? booleanValue(object) : object
    if (kind === bigints) return holds(bigintValue, object) ? bigintValue(object) : object
  }
  return object
}

function holds(valueOf, object) {
  try {
    valueOf(object)
    return true
  } catch {
    return false
  }
}

/** The indentation from the third argument: up to ten spaces, or the first ten units of a text. */
function gapOf(space) {
  const given = isObject(space) ? unboxed(space) : space
  if (typeof given === 'string') return slice(given, 0, 10)
  if (typeof given !== 'number' || !(given >= 1)) return ''
  return slice('          ', 0, given < 10 ? trunc(given) : 10)
}

/** The keys that a list allows, without repetitions. */
function allowedKeys(list) {
  const names = []
  const known = { __proto__: null }
  const { length } = list
  for (let i = 0; i < length; i++) {
    charge(price.stringify.allowedKeys)
    const given = list[i]
    const item = isObject(given) ? unboxedName(given) : given
    if (typeof item !== 'string' && typeof item !== 'number') continue
    const name = `${item}`
    if (known[name] === true) continue
    known[name] = true
    put(names, names.length, name)
  }
  return names
}

function unboxedName(object) {
  return holds(numberValue, object) || holds(stringValue, object) ? `${object}` : undefined
}
