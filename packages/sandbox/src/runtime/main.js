/** Sets up the world inside before the script runs, and exports the functions that the host calls. */

import { installDepths } from './builtins/depths.js'
import { installFloats } from './builtins/numbers.js'
import { installPrices } from './builtins/prices-install.js'
import { installSort } from './builtins/sort.js'
import { createAlarm } from './calls/alarm.js'
import * as calls from './calls/calls.js'
import { createFiles } from './calls/files.js'
import { createOracle } from './calls/oracle.js'
import { remove, sealWorld } from './calls/seal.js'
import { installWorld } from './calls/world.js'
import { connect, words } from './core/bridge.js'
import {
  defineProperty,
  fix,
  freeze,
  give,
  markOurs,
  NativePromise,
  parse,
  rejectPromise,
  setPrototypeOf,
} from './core/primordials.js'
import { makeError } from './metering/errors.js'
import { createBuffer } from './web/buffer.js'
import { installConsole } from './web/console.js'
import { placeInScript } from './web/error-report.js'
import { installTimers } from './web/timers.js'

export { hasInit } from './calls/calls.js'
export { share } from './core/bridge.js'
export { rememberSource } from './core/written.js'
export { instruments } from './instrumented.js'
export { connectMeter } from './metering/meter.js'

const leftWord = 3

/** Keeps our rejected promise alive, because the binding forgets a rejection whose promise is collected. */
const held = { first: null }

/**
 * An entry point that records its end. After it drains the microtasks, the engine's binding looks for promises that were rejected and never
 * handled. It copies the first one's reason, which would run getters of the script, and throws the copy. So the first rejection is ours,
 * and its reason is a text. The host reads a word of the shared memory to learn that nothing has failed.
 */
function leaving(enter) {
  return (a, b, c) => {
    held.first = rejectPromise(NativePromise, '')
    enter(a, b, c)
    words[leftWord] = 1
  }
}

export const boot = leaving(calls.boot)
export const seal = leaving(calls.seal)
export const call = leaving(calls.call)
export const callInit = leaving(calls.callInit)
export const tick = leaving(calls.tick)
export const strand = leaving(calls.strand)

let settings

/** Returns the paths of unlisted intrinsics, or an empty string. */
export function setUp(host, memory, settingsText) {
  settings = parse(settingsText)
  connect(host, memory, settings.traced ? placeInScript : null)
  const { removed, kept, assignable } = settings.world
  remove(removed)
  installWorld(settings)
  installTimers(makeError)
  installConsole(settings.consoleLimits)
  const { Buffer, makeBuffer } = createBuffer(makeError)
  give(globalThis, 'Buffer', Buffer)
  const files = createFiles(settings, makeBuffer, calls.isCallOpen)
  const oracle = createOracle(settings, calls.isCallOpen)
  const alarm = createAlarm(settings, calls.isCallOpen)
  installPrices()
  installFloats()
  installSort()
  installDepths()
  // `Buffer` must extend the Uint8Array that scripts see, and not the engine's own.
  setPrototypeOf(Buffer, Uint8Array)
  const caller = {}
  defineProperty(caller, 'id', {
    __proto__: null,
    get: markOurs(calls.currentCaller),
    enumerable: true,
    configurable: false,
  })
  fix(globalThis, 'System', freeze({ alarm, caller: freeze(caller), files, oracle }))
  return sealWorld(kept, assignable)
}

/** Evaluates the codec after the set-up, so that it finds the same world as the script. */
export function useCodec(codec) {
  const { encode, decode } = codec
  if (typeof encode !== 'function' || typeof decode !== 'function') return false
  calls.prepareCalls(freeze({ __proto__: null, self: codec, encode, decode }), settings)
  return true
}
