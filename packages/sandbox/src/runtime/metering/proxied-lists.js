/**
 * Proxies of lists where the engine takes memory for all the items that one claims to have, before it asks for the first of them: then
 * the script pays for the reported length.
 */
import { makeError } from './errors.js'
import { bound, rate } from './prices.js'
import { isProxy, noteProxy, pay } from './pricing.js'

const NativeProxy = Proxy

/** A list as it is; for a proxy what stands for it, whose length pays. `hidden` is the name of a property that is not there. */
export function withLength(list, hidden, payFor = payForItems) {
  if (!isProxy(list)) return list
  const standIn = new NativeProxy(
    {},
    {
      __proto__: null,
      get(_target, name) {
        if (name === hidden) return undefined
        const value = list[name]
        if (name !== 'length') return value
        const items = +value
        payFor(items > 0 ? items : 0)
        return items
      },
    },
  )
  noteProxy(standIn, 1)
  return standIn
}

/** Pays for the items that a list claims to have. */
export function payForItems(items) {
  if (items > bound.arrayItems) {
    throw makeError(
      'RangeError',
      `a list of more than ${bound.arrayItems} items`,
      'ERR_VMS_ARRAY_TOO_LARGE',
    )
  }
  pay(items, rate.key)
}
