/**
 * Errors. Ours stand in for the native constructors, so that an error that a script made can be told from one that the engine
 * raised: the engine's messages differ between versions, so each kind gets one fixed message before the script sees it. Stacks are
 * hidden from the script and kept for the host's log.
 */

import { plainHost } from './bridge.js'
import { describeThing } from './inspect.js'
import { charge } from './meter.js'
import { flat } from './prices.js'
import {
  addWeak,
  apply,
  bigintText,
  construct,
  defineProperty,
  deleteProperty,
  fix,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getWeak,
  give,
  hasOwn,
  hasWeak,
  isError,
  isInteger,
  KnownMap,
  KnownSet,
  markOurs,
  numberText,
  setPrototypeOf,
  setWeak,
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
/** Errors that the engine raised and the script has seen, with the message that the engine gave them. */
const raised = new KnownMap()
const framesShown = 10
const stackOverflow = 'Maximum call stack size exceeded'
const bufferOverflow = 'Array buffer allocation failed'

let limits
/** Name of a global that is refused → what to say of it. */
let refusals = { __proto__: null }
/** Set while the host's copy of a stack is being made: at any other time a stack is an empty string. */
let showing = false
let MadeError
/** Name → ours, of those that take a message first. */
const madeKinds = { __proto__: null }
/** The getter of every error's own property `stack`. */
const nativeStack = getOwnPropertyDescriptor(new NativeError(), 'stack').get

export function installErrors(units, refusedGlobals) {
  limits = units
  refusals = refusedGlobals
  delete NativeError.captureStackTrace
  fix(NativeError, 'stackTraceLimit', framesShown)
  fix(NativeError, 'prepareStackTrace', (error, frames) =>
    showing ? stackText(error, frames) : '',
  )
  MadeError = replace(NativeError, null)
  hideStacks(NativeError.prototype)
  give(MadeError, 'isError', isError)
  // Classes of errors call it to set their stack; there is none to set.
  give(MadeError, 'captureStackTrace', { captureStackTrace() {} }.captureStackTrace)
  ignoreSetting(MadeError, 'stackTraceLimit', 0)
  ignoreSetting(MadeError, 'prepareStackTrace', undefined)
  for (let i = 0; i < names.length; i++) {
    const Native = globalThis[names[i]]
    if (Native !== undefined) replace(Native, MadeError)
  }
}

/** What libraries set to see more of stacks: they may, and it does nothing. */
function ignoreSetting(object, name, value) {
  const holder = {
    get [name]() {
      return value
    },
    set [name](_given) {},
  }
  const { get, set } = getOwnPropertyDescriptor(holder, name)
  defineProperty(object, name, {
    __proto__: null,
    get: markOurs(get),
    set: markOurs(set),
    enumerable: false,
    configurable: true,
  })
}

function replace(Native, Parent) {
  const { name, length, prototype } = Native
  const holder = {
    [name]: function () {
      charge(flat.error)
      const error = construct(
        Native,
        arguments,
        new.target === undefined ? holder[name] : new.target,
      )
      addWeak(made, error)
      deleteProperty(error, 'stack')
      return error
    },
  }
  const Made = holder[name]
  defineProperty(Made, 'length', { __proto__: null, value: length })
  defineProperty(Made, 'prototype', { __proto__: null, value: prototype, writable: false })
  if (Parent !== null) setPrototypeOf(Made, Parent)
  give(prototype, 'constructor', Made)
  give(globalThis, name, Made)
  if (name !== 'AggregateError' && name !== 'SuppressedError') madeKinds[name] = Made
  return Made
}

/** What V8 makes a property of every error is one of the prototype here, empty until somebody sets it. */
function hideStacks(prototype) {
  const holder = {
    get stack() {
      return ''
    },
    set stack(value) {
      if (typeof this !== 'object' || this === null || this === prototype) {
        throw makeError('TypeError', 'a stack is set on errors only', 'ERR_VMS_FROZEN')
      }
      defineProperty(this, 'stack', {
        __proto__: null,
        value,
        writable: true,
        enumerable: false,
        configurable: true,
      })
    },
  }
  const { get, set } = getOwnPropertyDescriptor(holder, 'stack')
  defineProperty(prototype, 'stack', {
    __proto__: null,
    get: markOurs(get),
    set: markOurs(set),
    enumerable: false,
    configurable: true,
  })
}

/**
 * What a script sees of anything thrown: an error that the engine raised gets the fixed message of its kind and loses what else the
 * engine gave it, anything else is as it was. Every `catch` of a script and every handler of a promise gets its reason through this.
 */
export function normaliseError(value) {
  if (!isError(value) || hasWeak(made, value)) return value
  const top = value
  // `using` makes a chain of errors that each hold the one before.
  for (let error = top; isError(error) && !hasWeak(made, error); ) {
    addWeak(made, error)
    const name = nativeName(error)
    const native = ownText(error, 'message')
    setWeak(raised, error, native)
    deleteProperty(error, 'stack')
    const refusal = name === 'ReferenceError' ? refusalOf(native) : undefined
    if (refusal !== undefined) setOwn(error, 'code', 'ERR_VMS_REFUSED_GLOBAL', true)
    setOwn(error, 'message', refusal ?? messageOf(name), false)
    if (name !== 'SuppressedError') break
    normaliseError(getOwnPropertyDescriptor(error, 'error')?.value)
    error = getOwnPropertyDescriptor(error, 'suppressed')?.value
  }
  return top
}

const notDefined = ' is not defined'

/** What to say of a global that is refused, when the engine says that it is not defined. */
function refusalOf(native) {
  const end = native.length - notDefined.length
  return end > 0 && sliceText(native, end) === notDefined
    ? refusals[sliceText(native, 0, end)]
    : undefined
}

function messageOf(name) {
  const article = name === 'AggregateError' || name === 'EvalError' || name === 'Error' ? 'an' : 'a'
  return `${article} ${name} raised by the engine`
}

function setOwn(object, name, value, enumerable) {
  defineProperty(object, name, {
    __proto__: null,
    value,
    writable: true,
    enumerable,
    configurable: true,
  })
}

/** An error of ours for the script. */
export function makeError(name, message, code) {
  const Kind = madeKinds[name]
  const error = Kind === undefined ? new MadeError(message) : new Kind(message)
  if (Kind === undefined) give(error, 'name', name)
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
  normaliseError(value)
  const name = cut(textOf(value, 'name') ?? 'Error', limits.name)
  const message = cut(textOf(value, 'message') ?? '', limits.message)
  const code = textOf(value, 'code')
  const native = getWeak(raised, value)
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

/** For the host's log: name, message and stack as the engine knows them. */
export function reportOf(value) {
  if (!isError(value)) return `thrown: ${cut(describeThing(value), limits.message)}`
  normaliseError(value)
  const message = getWeak(raised, value) ?? textOf(value, 'message') ?? ''
  let stack
  showing = true
  try {
    stack = apply(nativeStack, value, [])
  } catch {
    // A log without lines.
  }
  showing = false
  const header = `${textOf(value, 'name') ?? 'Error'}: ${message}`
  return cut(header, limits.message) + cut(typeof stack === 'string' ? stack : '', limits.message)
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
    // As it was written, not as it runs.
    const place = plainHost('place', line, column) ?? `${file}:${line}:${column}`
    text += `\n    at ${name === null ? '' : `${name} `}(${place})`
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
