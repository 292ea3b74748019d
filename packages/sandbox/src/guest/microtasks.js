/** `queueMicrotask`. What its function throws ends the call, as what a timer's function throws does. */

import { failing } from './calls.js'
import { makeError } from './errors.js'
import { charge } from './meter.js'
import { flat } from './prices.js'
import { give, NativePromise, nativeThen, resolvePromise } from './primordials.js'

const holder = {
  queueMicrotask(run) {
    if (typeof run !== 'function') {
      throw makeError('TypeError', 'queueMicrotask needs a function', 'ERR_INVALID_ARG_TYPE')
    }
    charge(flat.microtask)
    const fail = failing()
    nativeThen(resolvePromise(NativePromise, undefined), () => {
      try {
        run()
      } catch (error) {
        fail(error)
      }
    })
  },
}

export function installMicrotasks() {
  give(globalThis, 'queueMicrotask', holder.queueMicrotask)
}
