/**
 * Promises. A handler must get only errors that the script may see. The engine's own `then` passes on the engine's errors unchanged. Ours
 * calls `normaliseError` before and after every handler, so that no derived promise carries an engine's message.
 */

import {
  apply,
  construct,
  defineProperty,
  give,
  NativePromise,
  nativeThen,
} from '../core/primordials.js'
import { normaliseError } from '../metering/errors.js'

const guarded = (handler) => (value) => {
  try {
    return handler(value)
  } catch (error) {
    throw normaliseError(error)
  }
}

const guardedReason = (handler) => (reason) => {
  try {
    return handler(normaliseError(reason))
  } catch (error) {
    throw normaliseError(error)
  }
}

const rethrow = (reason) => {
  throw normaliseError(reason)
}

export function installPromises() {
  const methods = {
    // biome-ignore lint/suspicious/noThenProperty: it becomes that of the promises
    then(onFulfilled, onRejected) {
      return nativeThen(
        this,
        typeof onFulfilled === 'function' ? guarded(onFulfilled) : onFulfilled,
        typeof onRejected === 'function' ? guardedReason(onRejected) : rethrow,
      )
    },
  }
  give(NativePromise.prototype, 'then', methods.then)
  const statics = ['all', 'allSettled', 'any', 'race', 'try']
  for (let i = 0; i < statics.length; i++) guardStatic(statics[i])
}

/** A script's own subclass gets the engine's errors (such as "not iterable") through its own `reject`. */
function guardStatic(name) {
  const native = NativePromise[name]
  const { length } = native
  const holder = {
    [name](...given) {
      return apply(native, this === NativePromise ? this : guardedClass(this), given)
    },
  }
  defineProperty(holder[name], 'length', { __proto__: null, value: length })
  give(NativePromise, name, holder[name])
}

function guardedClass(Class) {
  if (typeof Class !== 'function') return Class
  function Guarded(executor) {
    return construct(Class, [
      (resolve, reject) =>
        executor(resolve, typeof reject === 'function' ? guardedReason(reject) : reject),
    ])
  }
  defineProperty(Guarded, 'resolve', {
    __proto__: null,
    get: () => {
      const { resolve } = Class
      return typeof resolve === 'function' ? (value) => apply(resolve, Class, [value]) : resolve
    },
  })
  return Guarded
}
