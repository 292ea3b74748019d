/** Methods of iterators, which go over steps inside the engine. */

import { apply, getPrototypeOf, keys } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { nestedSteps } from '../metering/metered-iterables.js'
import { flat, pricesOf } from '../metering/prices.js'
import { isObject, wrapOne } from '../metering/pricing.js'

export const iteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()))

const price = pricesOf('Iterator.prototype')
const { iterator } = Symbol

/** Methods that go over steps: they pay for each, and count as depth (depths.js). */
export const iteratorMethods = keys(price)

/** Methods of iterators go over steps inside the engine, and some over all that are left. */
function overSteps(name) {
  const native = iteratorPrototype[name]
  if (native === undefined) return
  const { steps } = price[name]
  wrapOne(
    iteratorPrototype,
    name,
    {
      [name](...given) {
        charge(flat.object)
        if (name === 'flatMap' && typeof given[0] === 'function') given[0] = within(given[0])
        return apply(native, isObject(this) ? nestedSteps(this, steps) : this, given)
      },
    }[name],
  )
}

/** What the function of `flatMap` gives is gone over within the iterator. */
function within(visit) {
  return (item, i) => {
    const inner = visit(item, i)
    if (!isObject(inner)) return inner
    return {
      __proto__: null,
      [iterator]() {
        const start = inner[iterator]
        const steps = start === undefined || start === null ? inner : apply(start, inner, [])
        return nestedSteps(steps, 0)
      },
    }
  }
}

export function installIteratorPrices() {
  const { from } = Iterator
  wrapOne(
    Iterator,
    'from',
    {
      from(steps) {
        charge(flat.object)
        return apply(from, this, [steps])
      },
    }.from,
  )
  for (const name of iteratorMethods) overSteps(name)
}
