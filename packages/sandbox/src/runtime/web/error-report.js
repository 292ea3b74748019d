/** Reports errors to the host: name, message and code for the outcome; message and engine stack for the host's log. */
import { plainHost } from '../core/bridge.js'
import {
  apply,
  bigintText,
  fix,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isError,
  isInteger,
  numberText,
  sliceText,
  wellFormed,
} from '../core/primordials.js'
import { NativeError, nativeMessage, normaliseError } from '../metering/errors.js'
import { describeThing } from './inspect.js'

const framesShown = 10
const stackOverflow = 'Maximum call stack size exceeded'
const bufferOverflow = 'Array buffer allocation failed'

let limits
/** True while the host's copy of a stack is being made. At any other time a stack is an empty string. */
let showing = false
/** The getter of the own property `stack` of every error. */
const nativeStack = getOwnPropertyDescriptor(new NativeError(), 'stack').get

export function installErrorReports(units) {
  limits = units
  fix(NativeError, 'stackTraceLimit', framesShown)
  fix(NativeError, 'prepareStackTrace', (error, frames) =>
    showing ? stackText(error, frames) : '',
  )
}

/**
 * The recorded parts of a thrown value. Getters of the script may run in here, and may throw.
 *
 * @returns `{ name, message, code, refused, raised }`; `refused`: the machine, not the script, ended the call; `raised`: the engine made
 *   the error
 */
export function describeError(value) {
  if (!isError(value)) {
    return {
      name: 'NonError',
      message: cut(describeThing(value), limits.message),
      code: null,
      refused: null,
      raised: false,
    }
  }
  normaliseError(value)
  const name = cut(textOf(value, 'name') ?? 'Error', limits.name)
  const message = cut(textOf(value, 'message') ?? '', limits.message)
  const code = textOf(value, 'code')
  const native = nativeMessage(value)
  let refused = null
  if (native === stackOverflow) refused = 'stack'
  if (native === bufferOverflow) refused = 'memory'
  return {
    name,
    message,
    code: code === null ? null : cut(code, limits.code),
    refused,
    raised: native !== undefined,
  }
}

/** For the host's log: the engine's name, message and stack. */
export function reportOf(value) {
  if (!isError(value)) return `thrown: ${cut(describeThing(value), limits.message)}`
  normaliseError(value)
  const message = nativeMessage(value) ?? textOf(value, 'message') ?? ''
  let stack
  showing = true
  try {
    stack = apply(nativeStack, value, [])
  } catch {
    // The log then shows no lines.
  }
  showing = false
  const header = `${textOf(value, 'name') ?? 'Error'}: ${message}`
  return cut(header, limits.message) + cut(typeof stack === 'string' ? stack : '', limits.message)
}

/** The script's current position, as lines of a stack. */
export function placeInScript() {
  showing = true
  const text = apply(nativeStack, new NativeError(), [])
  showing = false
  return text
}

function stackText(_error, frames) {
  let text = ''
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i]
    const file = apply(getPrototypeOf(frame).getFileName, frame, [])
    if (file === null || file === undefined || isOurs(file)) continue
    const line = apply(getPrototypeOf(frame).getLineNumber, frame, [])
    const column = apply(getPrototypeOf(frame).getColumnNumber, frame, [])
    const name = apply(getPrototypeOf(frame).getFunctionName, frame, [])
    // The position in the source, not in the instrumented text.
    const place = plainHost('place', line, column) ?? `${file}:${line}:${column}`
    text += `\n    at ${name === null ? '' : `${name} `}(${place})`
  }
  return text
}

function isOurs(file) {
  return sliceText(file, 0, 4) === 'vms:'
}

/** Text of a property of a thrown object; null if the property is missing or reading it fails. */
function textOf(object, name) {
  let value
  try {
    value = object[name]
  } catch {
    return null
  }
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return isInteger(value) ? numberText(value) : null
    case 'bigint':
      return bigintText(value)
    default:
      return null
  }
}

function cut(text, units) {
  return wellFormed(text.length > units ? sliceText(text, 0, units) : text)
}
