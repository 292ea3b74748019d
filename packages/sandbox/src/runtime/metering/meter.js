/**
 * The meter: the remaining fuel and depth of a call, in memory that the host sets before a call and reads after it. Both count down. At the
 * end of either, the machine stops the script: the host records the abort and disposes of the isolate. Code that still runs until V8's next
 * check has no effect.
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

/** Takes `units` of depth. */
export function enter(units) {
  meter[depthWord] -= units
  if (meter[depthWord] < 0) stop('depth')
}

/** Gives depth back. */
export function leave(units) {
  meter[depthWord] += units
}

/** Fuel or depth is used up. */
export function runOut() {
  stop(meter[fuelWord] < 0 ? 'fuel' : 'depth')
}

/** The call reached a limit of this computer, so it has no outcome. */
export function refuse(reason, message) {
  host('refuse', reason, message)
  for (;;);
}

/** V8 stops the isolate only where a loop repeats. This endless loop is such a place, so the script does no unpaid work. */
function stop(reason) {
  host('abort', reason)
  for (;;);
}
