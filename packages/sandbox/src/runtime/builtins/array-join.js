/**
 * `join` and similar methods, in JavaScript. The length of the text is known only as it grows, and the engine's version recurses into
 * nested arrays on its own stack. As in every engine, an array that contains itself gives an empty text at that place.
 */

import { methodsOf } from '../core/primordials.js'
import { textual } from '../metering/conversions.js'
import { charge, enter, leave } from '../metering/meter.js'
import { bound, flat, pricesOf } from '../metering/prices.js'
import { refuseText } from '../metering/pricing.js'

/** Items that are concatenated before the pieces become one part. */
const itemsPerPart = 1_024
/** Units of depth per level of nested arrays. */
const levelDepth = 4

const price = pricesOf('Array.prototype')
const { toString } = methodsOf(Array.prototype)
const { charCodeAt } = methodsOf(String.prototype)
/** Lists that are being joined, outermost first. */
let first = null

export const joining = {
  join(separator) {
    charge(flat.call)
    const length = +this.length
    const between = separator === undefined ? ',' : `${textual(separator)}`
    return joined(this, length, between, textOf, price.join)
  },
  toLocaleString() {
    charge(flat.call)
    return joined(this, +this.length, ',', localeTextOf, price.toLocaleString)
  },
  toString() {
    charge(flat.call)
    enter(levelDepth)
    try {
      return toString(this)
    } finally {
      leave(levelDepth)
    }
  },
}

const textOf = (item) => (typeof item === 'string' ? item : `${textual(item)}`)
const localeTextOf = (item) => `${textual(item.toLocaleString())}`

function joined(list, length, between, text, { items, madeUnits }) {
  for (let outer = first; outer !== null; outer = outer.next) if (outer.list === list) return ''
  enter(levelDepth)
  first = { __proto__: null, list, next: first }
  const outer = first.next
  try {
    let whole = ''
    let part = ''
    for (let i = 0; i < length; i++) {
      const item = list[i]
      const next = item === undefined || item === null ? '' : text(item)
      charge(items + (((next.length + between.length) * madeUnits) | 0))
      part += i === 0 ? next : between + next
      if (whole.length + part.length > bound.textUnits) refuseText()
      if (i % itemsPerPart === 0) {
        whole += flatText(part)
        part = ''
      }
    }
    return flatText(whole + part)
  } finally {
    first = outer
    leave(levelDepth)
  }
}

/** Flattens a concatenated text: until code reads one of its units, the engine keeps its many pieces, which take many times its size. */
function flatText(text) {
  charCodeAt(text, 0)
  return text
}
