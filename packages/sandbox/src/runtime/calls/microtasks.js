/** `queueMicrotask`. An exception of its function ends the call, as an exception of a timer's function does. */

import { give, NativePromise, nativeThen, resolvePromise } from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { failing } from './calls.js'

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
