/** `flat`, in JavaScript. The engine's version recurses on its own stack, and knows the size of its result only afterwards. */

import { append, getPrototypeOf, isArray } from '../core/primordials.js'
import { place, speciesOf } from '../metering/array-species.js'
import { charge, enter, leave } from '../metering/meter.js'
import { flat, pricesOf } from '../metering/prices.js'

const price = pricesOf('Array.prototype').flat
const arrays = Array.prototype

export const flattening = {
  flat(depth) {
    charge(flat.call)
    const length = toLength(this.length)
    const levels = depth === undefined ? 1 : +depth
    const target = speciesOf(this, 0)
    flatten(target, getPrototypeOf(target) === arrays && isArray(target), 0, this, length, levels)
    return target
  },
}

function flatten(target, isPlain, start, source, length, levels) {
  let at = start
  for (let i = 0; i < length; i++) {
    charge(price.items)
    if (!(i in source)) continue
    const item = source[i]
    if (levels >= 1 && isArray(item)) {
      enter(1)
      at = flatten(target, isPlain, at, item, toLength(item.length), levels - 1)
      leave(1)
    } else {
      if (isPlain) append(target, item)
      else place(target, at, item)
      at += 1
    }
  }
  return at
}

function toLength(length) {
  const items = +length
  return items > 0 ? items - (items % 1) : 0
}
