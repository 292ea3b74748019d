/** Promises: reactions are kept until they run, and the combinators iterate their arguments in the engine. */

import { apply, getPrototypeOf, keys } from '../core/primordials.js'
import { textual } from '../metering/conversions.js'
import { priceErrors } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { metered } from '../metering/metered-iterables.js'
import { flat, pricesOf } from '../metering/prices.js'
import { wrap, wrapOne } from '../metering/pricing.js'

const price = pricesOf('Promise')
const { AggregateError: errorsPrice } = pricesOf('globalThis')
/** The prototype of async generators queues requests until they are done. */
const asyncGenerator = getPrototypeOf(async function* () {})

export function installPromisePrices() {
  priceErrors((errors) => metered(errors, errorsPrice.iterated), textual)
  const { then } = Promise.prototype
  const { reject, resolve, try: tried, withResolvers } = Promise
  wrapOne(
    Promise.prototype,
    'then',
    {
      // biome-ignore lint/suspicious/noThenProperty: it is that of the promises
      then(onFulfilled, onRejected) {
        charge(flat.promise)
        return apply(then, this, [onFulfilled, onRejected])
      },
    }.then,
  )
  wrap(Promise, {
    resolve(value) {
      charge(flat.promise)
      return apply(resolve, this, [value])
    },
    reject(reason) {
      charge(flat.promise)
      return apply(reject, this, [reason])
    },
    try(...given) {
      charge(2 * flat.promise)
      return apply(tried, this, given)
    },
    withResolvers() {
      charge(2 * flat.promise)
      return apply(withResolvers, this, [])
    },
  })
  const queue = asyncGenerator.prototype
  for (const name of ['next', 'return', 'throw']) {
    const native = queue[name]
    wrapOne(
      queue,
      name,
      {
        [name](given) {
          charge(flat.promise)
          return apply(native, this, [given])
        },
      }[name],
    )
  }
  const names = keys(price)
  for (let i = 0; i < names.length; i++) {
    const native = Promise[names[i]]
    const { iterated } = price[names[i]]
    wrapOne(
      Promise,
      names[i],
      {
        [names[i]](items) {
          charge(2 * flat.promise)
          return apply(native, this, [over(items, iterated)])
        },
      }[names[i]],
    )
  }
}

/** Leaves other values to the engine, which rejects. */
function over(items, price) {
  return items === undefined || items === null ? items : metered(items, price)
}
