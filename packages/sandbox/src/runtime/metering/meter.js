/**
 * The meter: the remaining fuel and depth of a call, in memory that the host sets before a call and reads after it. Both count down.
 * Reaching the end is the machine's decision, not the script's: the host notes the abort and disposes of the isolate, and whatever
 * still runs until V8's next check counts for nothing.
 */
import { Words } from '../core/primordials.js'

const fuelWord = 0
const depthWord = 1
const largestCharge = 0x40000000

/** Word 0: units of fuel left. Word 1: units of depth left. */
export let meter
let host

export function connectMeter(memory, hostFunction) {
  meter = new Words(memory)
  host = hostFunction
}

/**
 * Takes `units` of fuel before the paid work. Prices are computed from values of the script, so a mistake in one must not
 * give the script fuel: a negative price, or a price that is not a number, takes as much as an infinite one.
 */
export function charge(units) {
  meter[fuelWord] -= units >= 0 && units < largestCharge ? units : largestCharge
  if (meter[fuelWord] < 0) stop('fuel')
}

/** Goes `units` deeper. */
export function enter(units) {
  meter[depthWord] -= units
  if (meter[depthWord] < 0) stop('depth')
}

/** Comes back. */
export function leave(units) {
  meter[depthWord] += units
}

/** One of the two is used up. */
export function runOut() {
  stop(meter[fuelWord] < 0 ? 'fuel' : 'depth')
}

/** The computer has come to an end of its own: the call has no outcome. */
export function refuse(reason, message) {
  host('refuse', reason, message)
  for (;;);
}

/** The isolate stops at a loop's turn: this is one, so that nothing is done any more that was not paid for. */
function stop(reason) {
  host('abort', reason)
  for (;;);
}
