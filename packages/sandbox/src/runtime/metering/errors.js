/**
 * Errors. Our constructors replace the native ones, so that the runtime can tell the script's errors from the engine's. The engine's
 * messages differ between versions, so each kind gets one fixed message before the script sees it. The script cannot see stacks.
 * error-report.js makes the host's report of an error.
 */

import {
  apply,
  construct,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  getWeak,
  give,
  hasOwn,
  isError,
  iteratorSymbol,
  KnownMap,
  markOurs,
  setPrototypeOf,
  setWeak,
  sliceText,
} from '../core/primordials.js'
import { charge, refuse } from './meter.js'
import { flat, rate } from './prices.js'

export const NativeError = Error
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

/**
 * Every error that a constructor call of the script or of the runtime made → null. An engine's error that the script has seen → the
 * engine's message.
 */
const known = new KnownMap()
/** Name of a refused global → the error's message. */
let refusals = { __proto__: null }
let MadeError
/** Pays for the errors of an AggregateError, once prices are installed. */
let payForErrors = (errors) => errors
/** Pays for converting a message to text. */
let messageFor = (message) => message
/** Name → our constructor, for constructors whose first argument is a message. */
const madeKinds = { __proto__: null }

export function installErrors(refusedGlobals) {
  refusals = refusedGlobals
  delete NativeError.captureStackTrace
  MadeError = replace(NativeError, null)
  hideStacks(NativeError.prototype)
  give(MadeError, 'isError', isError)
  // Error classes call it to set their stack; here it does nothing.
  give(MadeError, 'captureStackTrace', { captureStackTrace() {} }.captureStackTrace)
  ignoreSetting(MadeError, 'stackTraceLimit', 0)
  ignoreSetting(MadeError, 'prepareStackTrace', undefined)
  for (let i = 0; i < names.length; i++) {
    const Native = globalThis[names[i]]
    if (Native !== undefined) replace(Native, MadeError)
  }
}

/** A setting with which libraries ask for more of a stack. They may set it; it has no effect. */
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
      const at = name === 'AggregateError' ? 1 : name === 'SuppressedError' ? 2 : 0
      if (at === 1) arguments[0] = counted(arguments[0])
      if (typeof arguments[at] === 'bigint' || typeof arguments[at] === 'object')
        arguments[at] = messageFor(arguments[at])
      const error = construct(
        Native,
        arguments,
        new.target === undefined ? holder[name] : new.target,
      )
      setWeak(known, error, null)
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

/**
 * @param pay returns what the engine iterates in place of a list of errors
 * @param text returns the value that becomes the text of a message
 */
export function priceErrors(pay, text) {
  payForErrors = pay
  messageFor = text
}

/** The errors of an AggregateError, which the engine copies into a list. They are metered when the engine iterates them. */
function counted(items) {
  return {
    __proto__: null,
    get [iteratorSymbol]() {
      const list = payForErrors(items)
      const start = list[iteratorSymbol]
      return () => apply(start, list, [])
    },
  }
}

/** V8 gives every error an own property. Here it is a property of the prototype, empty until code sets it. */
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
 * The form of a thrown value that a script sees. An engine's error gets the fixed message of its kind and loses the engine's other data.
 * Any other value stays unchanged. Every `catch` of a script and every handler of a promise gets its reason through this function.
 *
 * @param units UTF-16 units of the function that may have raised the error
 */
export function normaliseError(value, units = 0) {
  if (!isError(value) || getWeak(known, value) !== undefined) return value
  const top = value
  // `using` makes a chain of errors in which each holds the previous one.
  for (let error = top; isError(error) && getWeak(known, error) === undefined; ) {
    const name = nativeName(error)
    const native = ownText(error, 'message')
    setWeak(known, error, native)
    refuseFor(native)
    // To build the message of a TypeError, the engine may read the function's text again.
    charge(flat.raised + units * (name === 'TypeError' ? rate.raisedUnit : rate.copyUnit))
    deleteProperty(error, 'stack')
    const refusal = name === 'ReferenceError' ? refusalOf(native) : undefined
    if (refusal !== undefined) setOwn(error, 'code', 'ERR_VMS_REFUSED_GLOBAL', true)
    setOwn(error, 'message', refusal ?? messageOf(name), false)
    if (name !== 'SuppressedError') break
    normaliseError(getOwnPropertyDescriptor(error, 'error')?.value, units)
    error = getOwnPropertyDescriptor(error, 'suppressed')?.value
  }
  return top
}

const stackOverflow = 'Maximum call stack size exceeded'
const bufferOverflow = 'Array buffer allocation failed'

/** Engine limits that depend on the computer. A script that reaches one stops, and its call has no outcome. */
function refuseFor(native) {
  if (native === stackOverflow) refuse('stack', 'the script ran out of stack')
  if (native === bufferOverflow) refuse('memory', 'there was no memory for a buffer')
}

/** The form of a thrown value that a script sees, after the script paid for it. */
export function caught(value, units) {
  charge(flat.caught)
  return normaliseError(value, units)
}

/** The engine's message of an error that it raised; undefined for any other error. */
export function nativeMessage(error) {
  return getWeak(known, error) ?? undefined
}

const notDefined = ' is not defined'

/** The message for a refused global, if the engine reports it as not defined. */
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

/** Makes an error of our own for the script. */
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

function ownText(object, name) {
  const property = getOwnPropertyDescriptor(object, name)
  return property !== undefined && hasOwn(property, 'value') && typeof property.value === 'string'
    ? property.value
    : ''
}
