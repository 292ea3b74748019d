/**
 * The second half of `JSON.parse` with a reviver, in JavaScript, as the specification defines it. The reviver may put anything into the
 * parts that are still to be visited, and the engine's version would recurse there on its own stack.
 */

import {
  apply,
  defineProperty,
  deleteProperty,
  getMapped,
  is,
  isArray,
  keys,
  methodsOf,
  NativeMap,
  put,
  setInMap,
  trunc,
} from '../core/primordials.js'
import { cleanValue, isFloatArray } from '../metering/float-values.js'
import { charge, enter, leave } from '../metering/meter.js'
import { flat, pricesOf } from '../metering/prices.js'
import { isObject } from '../metering/pricing.js'

const price = pricesOf('JSON').parse
const { parse } = JSON
const { charCodeAt } = methodsOf(String.prototype)
/** Units of depth for one level of a value, on our stack and the engine's. */
const levelDepth = 1

/** @param source a text that the caller has paid for */
export function revived(source, revive) {
  const depth = levelDepth * nestingOf(source)
  enter(depth)
  let record
  try {
    record = recordOf(source)
  } finally {
    leave(depth)
  }
  let level = 0

  const visit = (holder, name, known) => {
    charge(price.revivedValues)
    const value = holder[name]
    const same = known !== undefined && is(known.value, value) ? known : undefined
    if (isObject(value)) {
      enter(levelDepth)
      level += 1
      if (isArray(value)) {
        const length = trunc(+value.length) || 0
        for (let i = 0; i < length; i++) renew(value, `${i}`, same?.parts)
      } else {
        const names = keys(value)
        charge(names.length * price.revivedKeys)
        for (let i = 0; i < names.length; i++) renew(value, names[i], same?.parts)
      }
      level -= 1
      leave(levelDepth)
    }
    const context = same === undefined || same.source === undefined ? {} : { source: same.source }
    return apply(revive, holder, [name, value, context])
  }

  const renew = (holder, name, parts) => {
    const value = visit(holder, name, parts?.[name])
    if (value === undefined) deleteProperty(holder, name)
    else if (isFloatArray(holder)) defineProperty(holder, name, new Item(cleanValue(value)))
    else put(holder, name, value)
  }

  try {
    return visit({ '': record.value }, '', record)
  } finally {
    leave(level * levelDepth)
  }
}

/** An ordinary property's descriptor. */
function Item(value) {
  this.value = value
  this.writable = true
  this.enumerable = true
  this.configurable = true
}

/** The source text's structure: for each value its parts by name, or the piece of text that it was read from. */
function recordOf(source) {
  const parts = new NativeMap()
  let last
  parse(source, function (name, value, context) {
    charge(flat.call + price.revivedValues)
    last = { value, source: context?.source, parts: getMapped(parts, value) }
    let siblings = getMapped(parts, this)
    if (siblings === undefined) {
      siblings = { __proto__: null }
      setInMap(parts, this, siblings)
    }
    siblings[name] = last
    return value
  })
  return last
}

/** An upper bound of the nesting of brackets. */
function nestingOf(source) {
  let depth = 0
  let deepest = 0
  let inText = false
  for (let i = 0; i < source.length; i++) {
    switch (charCodeAt(source, i)) {
      case 0x5c:
        i += 1
        break
      case 0x22:
        inText = !inText
        break
      case 0x5b:
      case 0x7b:
        if (!inText) depth += 1
        if (depth > deepest) deepest = depth
        break
      case 0x5d:
      case 0x7d:
        if (!inText) depth -= 1
        break
      default:
    }
  }
  return deepest
}
