/** What `System.oracle` and `System.alarm` have in common: they are for calls, and what is handed over has a bound. */

import { makeError } from '../metering/errors.js'
import { encode, isTooLarge } from './calls.js'

/** Throws unless a call is running. `state` is what the session says; `what` names it in errors, `code` is that of the top level. */
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

/** Encodes a value; one that is too large throws a RangeError that begins with `what`. */
export function encodeWithin(value, bounds, what, code) {
  try {
    return encode(value, bounds)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    throw makeError('RangeError', `${what} more than ${bounds.maxBytes} bytes`, code)
  }
}
