/**
 * Proxies of lists. The engine allocates as many items as a proxy claims to have before it reads the first. So the script pays for the
 * claimed length.
 */
import { makeError } from './errors.js'
import { bound, rate } from './prices.js'
import { isProxy, noteProxy, pay } from './pricing.js'

const NativeProxy = Proxy

/** A list unchanged; for a proxy, a stand-in whose length pays. `hidden`: the name of a property that the stand-in hides. */
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
