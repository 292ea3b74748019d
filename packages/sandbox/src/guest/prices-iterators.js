/** Methods of iterators, which go over steps inside the engine. */
import { charge } from './meter.js'
import { meteredSteps } from './metered-iterables.js'
import { flat, rate } from './prices.js'
import { isObject, wrapOne } from './pricing.js'
import { apply, getPrototypeOf } from './primordials.js'

const iteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()))

const iteratorMethods = [
  'drop',
  'every',
  'filter',
  'find',
  'flatMap',
  'forEach',
  'map',
  'reduce',
  'some',
  'take',
  'toArray',
]

/** Methods of iterators go over steps inside the engine, and some over all that are left. */
function overSteps(name) {
  const native = iteratorPrototype[name]
  if (native === undefined) return
  wrapOne(
    iteratorPrototype,
    name,
    {
      [name](...given) {
        charge(flat.call)
        return apply(native, isObject(this) ? meteredSteps(this, rate.step) : this, given)
      },
    }[name],
  )
}

export function installIteratorPrices() {
  for (const name of iteratorMethods) overSteps(name)
}
