/**
 * Errors. Ours stand in for the native constructors, so that an error that a script made can be told from one that the engine
 * raised: the engine's messages differ between versions and must not enter a ledger. Stacks are hidden from the script and kept for
 * the host's log.
 */
import { describeThing } from './inspect.js'
import {
  addWeak,
  apply,
  bigintText,
  construct,
  defineProperty,
  fix,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  give,
  hasOwn,
  hasWeak,
  isError,
  isInteger,
  KnownSet,
  numberText,
  setPrototypeOf,
  sliceText,
  wellFormed,
} from './primordials.js'

const NativeError = Error
const names = [
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'SuppressedError',
  'TypeError',
  'URIError',
]

/** Every error that was made by calling a constructor, from the script or from here. */
const made = new KnownSet()
const framesShown = 10
const stackOverflow = 'Maximum call stack size exceeded'
const bufferOverflow = 'Array buffer allocation failed'

let limits
/** Set while the host's copy of a stack is being made: at any other time a stack is an empty string. */
let showing = false
let MadeError
/** The getter of every error's own property `stack`. */
const nativeStack = getOwnPropertyDescriptor(new NativeError(), 'stack').get

export function installErrors(units) {
  limits = units
  delete NativeError.captureStackTrace
  fix(NativeError, 'stackTraceLimit', framesShown)
  fix(NativeError, 'prepareStackTrace', (error, frames) =>
    showing ? stackText(error, frames) : '',
  )
  MadeError = replace(NativeError, null)
  give(MadeError, 'isError', isError)
  // Classes of errors call it to set their stack; there is none to set.
  give(MadeError, 'captureStackTrace', { captureStackTrace() {} }.captureStackTrace)
  for (let i = 0; i < names.length; i++) {
    const Native = globalThis[names[i]]
    if (Native !== undefined) replace(Native, MadeError)
  }
}

function replace(Native, Parent) {
  const { name, length, prototype } = Native
  const holder = {
    [name]: function () {
      const error = construct(
        Native,
        arguments,
        new.target === undefined ? holder[name] : new.target,
      )
      addWeak(made, error)
      return error
    },
  }
  const Made = holder[name]
  defineProperty(Made, 'length', { __proto__: null, value: length })
  defineProperty(Made, 'prototype', { __proto__: null, value: prototype, writable: false })
  if (Parent !== null) setPrototypeOf(Made, Parent)
  give(prototype, 'constructor', Made)
  give(globalThis, name, Made)
  return Made
}

/** An error of ours for the script. */
export function makeError(name, message, code) {
  const error = new MadeError(message)
  give(error, 'name', name)
  if (code !== null)
    defineProperty(error, 'code', {
      __proto__: null,
      value: code,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  return error
}

/**
 * What is kept of something thrown. Getters of the script may run in here, and may throw.
 *
 * @returns `{ name, message, code, refused, raised }`; `refused` says that the end is the machine's and not the script's, `raised` that
 *   the engine made the error
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
  if (hasWeak(made, value)) {
    const name = cut(textOf(value, 'name') ?? 'Error', limits.name)
    const message = cut(textOf(value, 'message') ?? '', limits.message)
    const code = textOf(value, 'code')
    return {
      name,
      message,
      code: code === null ? null : cut(code, limits.code),
      refused: null,
      raised: false,
    }
  }
  const name = nativeName(value)
  const message = ownText(value, 'message')
  let refused = null
  if (name === 'RangeError' && message === stackOverflow) refused = 'stack'
  if (name === 'RangeError' && message === bufferOverflow) refused = 'memory'
  const article = name === 'AggregateError' || name === 'EvalError' || name === 'Error' ? 'an' : 'a'
  return {
    name,
    message: `${article} ${name} raised by the engine`,
    code: null,
    refused,
    raised: true,
  }
}

/** For the host's log: name, message and stack as the engine knows them. */
export function reportOf(value) {
  if (!isError(value)) return `thrown: ${cut(describeThing(value), limits.message)}`
  const header = `${textOf(value, 'name') ?? 'Error'}: ${textOf(value, 'message') ?? ''}`
  let stack = ''
  showing = true
  try {
    const kept = getOwnPropertyDescriptor(value, 'stack')
    if (kept?.configurable && hasOwn(kept, 'get') && kept.get === nativeStack) {
      stack = apply(nativeStack, value, [])
      defineProperty(value, 'stack', { __proto__: null, value: '' })
    }
  } catch {
    // A frozen error keeps what it has.
  }
  showing = false
  return cut(header, limits.message) + cut(stack, limits.message)
}

/** Where the script is now, as lines of a stack. */
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
    text += `\n    at ${name === null ? '' : `${name} `}(${file}:${line}:${column})`
  }
  return text
}

function isOurs(file) {
  return sliceText(file, 0, 4) === 'vms:'
}

/** The engine's name for the kind of an error that it raised. */
function nativeName(error) {
  for (
    let prototype = getPrototypeOf(error);
    prototype !== null;
    prototype = getPrototypeOf(prototype)
  ) {
    for (let i = 0; i < kinds.length; i++)
      if (kinds[i].prototype === prototype) return kinds[i].name
  }
  return 'Error'
}

const kinds = []
for (let i = 0; i < names.length; i++) {
  const Native = globalThis[names[i]]
  if (Native !== undefined)
    kinds[i] = { __proto__: null, name: names[i], prototype: Native.prototype }
}

/** Text of a property of a thrown object; null if it has none, or if reading it fails. */
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

function ownText(object, name) {
  const property = getOwnPropertyDescriptor(object, name)
  return property !== undefined && hasOwn(property, 'value') && typeof property.value === 'string'
    ? property.value
    : ''
}

function cut(text, units) {
  return wellFormed(text.length > units ? sliceText(text, 0, units) : text)
}
