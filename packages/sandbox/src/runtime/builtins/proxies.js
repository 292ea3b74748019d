/**
 * Proxies pay for each of their steps, so that the engine's loops over them need no price. Every proxy gets a handler of ours. It charges
 * fuel, counts depth (the engine recurses for a proxy of a proxy), and then calls the script's handler.
 */

import { apply, getPrototypeOf, getWeak, give } from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { described, isFloatArray } from '../metering/float-values.js'
import { charge, enter, leave } from '../metering/meter.js'
import { adopt } from '../metering/priced-constructors.js'
import { bound, flat, pricesOf } from '../metering/prices.js'
import { isObject, isProxy, itemsOf, noteProxy, proxies } from '../metering/pricing.js'
import { linked } from '../metering/prototype-chains.js'
import { payForItems, withLength } from '../metering/proxied-lists.js'

const { traps: trapPrice } = pricesOf('globalThis').Proxy
const NativeProxy = Proxy
const { revocable } = NativeProxy
const traps = { __proto__: null }
/** Units of depth of one step: the engine's frames and ours. */
const stepDepth = 2

const names = [
  'apply',
  'construct',
  'defineProperty',
  'deleteProperty',
  'get',
  'getOwnPropertyDescriptor',
  'getPrototypeOf',
  'has',
  'isExtensible',
  'ownKeys',
  'preventExtensions',
  'set',
  'setPrototypeOf',
]

export function installProxies() {
  for (let i = 0; i < names.length; i++) traps[names[i]] = trapNamed(names[i], Reflect[names[i]])
  const { defineProperty } = Reflect
  traps.defineProperty = trapNamed('defineProperty', (target, name, property) =>
    defineProperty(
      target,
      name,
      isFloatArray(target) ? described(target, name, property) : property,
    ),
  )
  const { construct } = traps
  traps.construct = function (target, given, newTarget) {
    const made = apply(construct, this, [target, given, newTarget])
    // A trap may have returned any prototype.
    if (isObject(made) && !isProxy(made)) linked(getPrototypeOf(made))
    return made
  }
  const holder = {
    Proxy: function (target, handler) {
      if (new.target === undefined) return NativeProxy(target, handler)
      if (!isObject(target) || !isObject(handler)) return new NativeProxy(target, handler)
      const depth = depthOf(target)
      const proxy = new NativeProxy(target, { __proto__: traps, handler })
      noteProxy(proxy, depth)
      return proxy
    },
    revocable(target, handler) {
      if (!isObject(target) || !isObject(handler)) return revocable(target, handler)
      const depth = depthOf(target)
      const made = revocable(target, { __proto__: traps, handler })
      noteProxy(made.proxy, depth)
      return made
    },
  }
  adopt(NativeProxy, holder.Proxy)
  give(holder.Proxy, 'revocable', holder.revocable)
  give(globalThis, 'Proxy', holder.Proxy)
}

function trapNamed(name, byDefault) {
  return function (...given) {
    charge(trapPrice)
    enter(stepDepth)
    try {
      const { handler } = this
      const trap = handler[name]
      if (trap === undefined || trap === null) return apply(byDefault, undefined, given)
      const result = apply(trap, handler, given)
      return name === 'ownKeys' ? listed(result) : result
    } finally {
      leave(stepDepth)
    }
  }
}

/** The names that a trap returns. The engine allocates memory for as many as the list claims. */
function listed(names) {
  if (isProxy(names)) return withLength(names)
  if (isObject(names)) payForItems(itemsOf(names))
  return names
}

function depthOf(target) {
  charge(flat.call)
  const depth = 1 + (getWeak(proxies, target) ?? 0)
  if (depth <= bound.nested) return depth
  throw makeError(
    'RangeError',
    `more than ${bound.nested} proxies within each other`,
    'ERR_VMS_TOO_DEEP',
  )
}
