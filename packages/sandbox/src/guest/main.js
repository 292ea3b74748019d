/** Sets up the world inside before the script runs, and gives the host the functions that it calls. */
import { connect } from './bridge.js'
import { createBuffer } from './buffer.js'
import { currentCaller, isCallOpen, prepareCalls } from './calls.js'
import { installCodegen } from './codegen.js'
import { installConsole } from './console.js'
import { installDate } from './date.js'
import { installErrors, makeError } from './errors.js'
import { createFiles } from './files.js'
import { holdToAllowlist } from './globals.js'
import { installLocale } from './locale.js'
import { defineProperty, fix, freeze, give, markOurs, parse } from './primordials.js'
import { installRandom } from './random.js'
import { installTimers } from './timers.js'

export { share } from './bridge.js'
export { boot, call, callInit, hasInit, seal, strand, tick } from './calls.js'

let settings

/** Gives the names of globals that are not on the allowlist, or an empty string. */
export function setUp(host, memory, settingsText) {
  settings = parse(settingsText)
  connect(host, memory)
  const strangers = holdToAllowlist(settings.allowlist)
  installErrors(settings.errorUnits)
  installCodegen(makeError)
  installDate()
  installRandom()
  installLocale()
  installTimers(makeError)
  installConsole(settings.consoleLimits)
  const { Buffer, makeBuffer } = createBuffer(makeError)
  give(globalThis, 'Buffer', Buffer)
  const files = createFiles(settings, makeBuffer, isCallOpen)
  const caller = {}
  defineProperty(caller, 'id', {
    __proto__: null,
    get: markOurs(currentCaller),
    enumerable: true,
    configurable: false,
  })
  fix(globalThis, 'System', freeze({ caller: freeze(caller), files }))
  return strangers
}

/** The codec is evaluated after the set-up, so that it finds the same world as the script. */
export function useCodec(codec) {
  const { encode, decode } = codec
  if (typeof encode !== 'function' || typeof decode !== 'function') return false
  prepareCalls(freeze({ __proto__: null, self: codec, encode, decode }), settings)
  return true
}
