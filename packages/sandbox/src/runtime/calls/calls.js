/** The life of a call inside the isolate. It begins with a time, a seed and a caller, and ends with one outcome in the shared memory. */
import { doubles, host, putBytes, status, takeBytes, words } from '../core/bridge.js'
import {
  apply,
  freeze,
  isArray,
  isWellFormed,
  keys,
  methodsOf,
  sliceText,
  typedArrayLength,
} from '../core/primordials.js'
import { makeError } from '../metering/errors.js'
import { resetConsole } from '../web/console.js'
import { setTime } from '../web/date.js'
import { describeError, reportOf } from '../web/error-report.js'
import { setSeed } from '../web/random.js'
import { dropTimers, fireTimer } from '../web/timers.js'

const { charCodeAt } = methodsOf(String.prototype)

const statusWord = 0
const lengthWord = 1
const seedWord = 8
const timeDouble = 0

let codec
let limits
let bounds
let exported
const methods = { __proto__: null }
const methodNames = { __proto__: null }
let methodCount = 0
let methodBytes = 0
let init = null

/** 'boot' while the top level runs, 'open' during a call, 'closed' otherwise. */
let phase = 'closed'
/** Counts calls, so that a settlement of an earlier call cannot become the current one's outcome. */
let generation = 0
let caller = null

export const isCallOpen = () => phase
export const isMethod = (name) => methodNames[name] === true
export const currentCaller = () => caller

export function prepareCalls(valueCodec, callLimits) {
  codec = valueCodec
  limits = callLimits
  bounds = freeze({ __proto__: null, maxBytes: limits.resultBytes })
}

export const encode = (value, within) => apply(codec.encode, codec.self, [value, within])
export const decode = (bytes) => apply(codec.decode, codec.self, [bytes])

/** Runs the top level. */
export function boot(script) {
  begin('boot', null)
  const module = { exports: {} }
  exported = module
  try {
    apply(script, module.exports, [module.exports, module])
  } catch (error) {
    end(generation, true, error)
  }
}

/** The top level and its microtasks are over: fixes the set of methods. Returns their names as JSON. */
export function seal() {
  if (words[statusWord] !== status.running) return
  try {
    exported = exported.exports
    const isObject =
      (typeof exported === 'object' && exported !== null) || typeof exported === 'function'
    const found = isObject ? keys(exported) : []
    // Each warning appears once, however many methods cause it.
    const warned = { __proto__: null, reserved: false, unusable: false }
    for (let i = 0; i < found.length; i++) {
      const name = found[i]
      const method = exported[name]
      if (typeof method !== 'function') continue
      if (name === 'init') init = method
      else if (sliceText(name, 0, 4) === 'vms:') {
        if (warned.reserved) continue
        warned.reserved = true
        host('console', 'warn', 'an export whose name begins with vms: is no method')
      } else if (name.length > limits.methodNameUnits || !isWellFormed(name)) {
        if (warned.unusable) continue
        warned.unusable = true
        host(
          'console',
          'warn',
          'an export with a name that is too long or not well-formed is no method',
        )
      } else {
        addMethod(name, method)
      }
    }
  } catch (error) {
    end(generation, true, error)
    return
  }
  if (words[2] !== 0) host('console', 'warn', 'timers that the top level sets never fire')
  end(generation, false, undefined)
}

/** @throws RangeError if the script has too many methods or too long names; that is the script's own failure */
function addMethod(name, method) {
  methodBytes += utf8Bytes(name)
  if (methodCount === limits.methods || methodBytes > limits.methodBytes) {
    throw makeError(
      'RangeError',
      methodCount === limits.methods
        ? `the script has more than ${limits.methods} methods, which is the limit`
        : `the names of the script's methods have more than ${limits.methodBytes} bytes, which is the limit`,
      'ERR_VMS_TOO_MANY_METHODS',
    )
  }
  methods[methodCount] = method
  methodNames[name] = true
  methodCount += 1
  host('method', name)
}

/** UTF-8 bytes of a well-formed text. */
function utf8Bytes(text) {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = charCodeAt(text, i)
    const isHalf = unit >= 0xd800 && unit <= 0xdfff
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3
  }
  return bytes
}

export function hasInit() {
  return init !== null
}

export function callInit() {
  begin('open', null)
  void run(generation, init, [], true)
}

export function call(index, argsLength, nextCaller) {
  begin('open', nextCaller)
  let args
  try {
    args = decode(takeBytes(argsLength))
    if (!isArray(args))
      throw makeError('TypeError', 'the arguments are not an array', 'ERR_VMS_BAD_ARGUMENTS')
  } catch (error) {
    end(generation, true, error)
    return
  }
  void run(generation, methods[index], args, false)
}

/** Fires one timer of the current call. */
export function tick() {
  const mine = generation
  try {
    fireTimer()
  } catch (error) {
    end(mine, true, error)
  }
}

/** Ends the current call when one of its callbacks throws and nothing handles the error. */
export function failing() {
  const mine = generation
  return (error) => end(mine, true, error)
}

/** Ends the current call, because nothing is left that could settle it. */
export function strand() {
  end(
    generation,
    true,
    makeError(
      'Error',
      'the method waits for something that can never happen',
      'ERR_VMS_NEVER_SETTLES',
    ),
  )
}

function begin(nextPhase, nextCaller) {
  generation += 1
  phase = nextPhase
  caller = nextCaller
  setTime(doubles[timeDouble])
  setSeed(words, seedWord)
  dropTimers()
  resetConsole()
  words[statusWord] = status.running
}

async function run(mine, method, args, isInit) {
  let value
  let failed = false
  try {
    value = await apply(method, exported, args)
  } catch (error) {
    failed = true
    value = error
  }
  end(mine, failed, isInit && !failed ? undefined : value)
}

function end(mine, failed, value) {
  if (mine !== generation || phase === 'closed') return
  const wasBoot = phase === 'boot'
  phase = 'closed'
  dropTimers()
  if (!failed) {
    try {
      const encoded = encode(value, bounds)
      const length = typedArrayLength(encoded)
      putBytes(encoded, length)
      words[lengthWord] = length
      words[statusWord] = status.returned
      return
    } catch (error) {
      if (isTooLarge(error)) {
        host('abort', 'result-bytes')
        return
      }
      value = error
    }
  }
  const { name, message, code, refused, raised } = describeError(value)
  // An engine error is a bug, which the author sees in the log. An error that the script throws itself is its answer to the caller.
  if (wasBoot) host('report', reportOf(value))
  else if (raised) host('console', 'error', reportOf(value))
  if (refused !== null) host('refuse', refused, message)
  else host('thrown', name, message, code)
  words[statusWord] = status.thrown
}

export function isTooLarge(error) {
  try {
    return error.code === 'ERR_VMS_VALUE_TOO_LARGE'
  } catch {
    return false
  }
}
