/** `from`, `fromAsync` and `of` of typed arrays and of arrays: a script's own class may store their items in an array of floats. */

import { apply, construct, defineProperty, give } from '../core/primordials.js'
import { cleanNumber, cleanValue, isFloatArray } from '../metering/float-values.js'
import { isObject } from '../metering/pricing.js'

const NativeProxy = Proxy

/** Replaces `from` and `of` for a script's own class, because it may make an array of floats. */
export function cleanMade(Class) {
  const { from, fromAsync, of } = Class
  const making = (native) =>
    function (items, visit, self) {
      if (
        this === Class ||
        !isConstructor(this) ||
        !(visit === undefined || typeof visit === 'function')
      )
        return apply(native, this, [items, visit, self])
      const Given = this
      let isFloat = false
      const Made = function () {
        const made = construct(Given, arguments)
        isFloat = isFloatArray(made)
        return made
      }
      const clean = (item, i) => {
        const value = visit === undefined ? item : apply(visit, self, [item, i])
        return isFloat ? cleanValue(value) : cleanNumber(value)
      }
      return apply(native, Made, [items, clean])
    }
  const fromList = making(from)
  const fromSteps = fromAsync === undefined ? undefined : making(fromAsync)
  const holder = {
    from(items, visit, self) {
      return apply(fromList, this, [items, visit, self])
    },
    fromAsync(items, visit, self) {
      return apply(fromSteps, this, [items, visit, self])
    },
    of(...items) {
      let anyObject = false
      if (this !== Class) {
        for (let i = 0; i < items.length; i++) {
          items[i] = cleanNumber(items[i])
          if (isObject(items[i])) anyObject = true
        }
      }
      if (!anyObject || !isConstructor(this)) return apply(of, this, items)
      const list = { __proto__: null, length: items.length }
      for (let i = 0; i < items.length; i++) list[i] = items[i]
      return apply(fromList, this, [list])
    },
  }
  replaceMethod(Class, 'from', holder.from)
  if (fromAsync !== undefined) replaceMethod(Class, 'fromAsync', holder.fromAsync)
  replaceMethod(Class, 'of', holder.of)
}

/** Gives our method the `length` of the built-in that it replaces. */
export function replaceMethod(object, name, method) {
  defineProperty(method, 'length', { __proto__: null, value: object[name].length })
  give(object, name, method)
}

/** Tests for a constructor without running any of its code. */
function isConstructor(value) {
  if (typeof value !== 'function') return false
  try {
    return new new NativeProxy(value, { __proto__: null, construct: () => ({}) })() !== undefined
  } catch {
    return false
  }
}
