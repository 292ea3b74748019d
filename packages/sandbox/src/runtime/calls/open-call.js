/** Shared by `System.oracle` and `System.alarm`: both work only during a call, and bound the size of their arguments. */

import { makeError } from '../metering/errors.js'
import { encode, isTooLarge } from './calls.js'

/**
 * Throws unless a call is running. `state`: the session's state. `what` names the function in errors. `code` is the error's code at the top
 * level.
 */
export function requireOpen(state, what, code) {
  if (state === 'open') return
  if (state === 'boot')
    throw makeError(
      'Error',
      `${what} are not to be had at the top level, only in methods and in init`,
      code,
    )
  throw makeError('Error', 'the call is over', 'ERR_VMS_CALL_OVER')
}

/** Encodes a value. If it is too large, throws a RangeError whose message begins with `what`. */
export function encodeWithin(value, bounds, what, code) {
  try {
    return encode(value, bounds)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    throw makeError('RangeError', `${what} more than ${bounds.maxBytes} bytes`, code)
  }
}
