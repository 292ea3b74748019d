/**
 * Built-ins that count depth. The engine may run one built-in from another on its own stack, with no function of the script between them
 * that would count: a built-in may be the getter, the method or the callback of another one. Others recurse into structures that scripts
 * build, such as nested disposal stacks. Each takes its units for as long as it runs. The sweep in test/depth finds built-ins that this
 * file misses.
 */

import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  markOurs,
} from '../core/primordials.js'
import { numeric, textual } from '../metering/conversions.js'
import { charge, enter, leave } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { wrapOne } from '../metering/pricing.js'
import { iteratorMethods, iteratorPrototype } from './prices-iterators.js'

/** Units of depth of one such built-in: the engine's frames and ours. */
const units = 2

const typed = getPrototypeOf(Uint8Array.prototype)
const asyncIterators = getPrototypeOf(getPrototypeOf(async function* () {}.prototype))
/** The prototype of the wrapper that `Iterator.from` returns for an object that inherits from no iterator. */
const wrappedIterators = getPrototypeOf(Iterator.from({ __proto__: null, next() {} }))

const methods = [
  [
    Array.prototype,
    [
      'at',
      'concat',
      'copyWithin',
      'fill',
      'flat',
      'includes',
      'indexOf',
      'join',
      'lastIndexOf',
      'pop',
      'push',
      'reverse',
      'shift',
    ],
  ],
  [
    Array.prototype,
    [
      'slice',
      'sort',
      'splice',
      'toLocaleString',
      'toReversed',
      'toSorted',
      'toSpliced',
      'unshift',
      'with',
    ],
  ],
  [Array, ['from', 'fromAsync', 'of']],
  [Object.prototype, ['toString']],
  [Function.prototype, ['bind']],
  [typed, ['filter', 'map', 'slice', 'subarray', 'toLocaleString', 'toString']],
  [ArrayBuffer.prototype, ['slice']],
  [Promise.prototype, ['catch', 'finally', 'then']],
  [
    String.prototype,
    [
      'match',
      'matchAll',
      'replace',
      'replaceAll',
      'search',
      'split',
      'trimLeft',
      'trimRight',
      Symbol.iterator,
    ],
  ],
  [
    RegExp.prototype,
    ['test', Symbol.match, Symbol.matchAll, Symbol.replace, Symbol.search, Symbol.split],
  ],
  [iteratorPrototype, [...iteratorMethods, Symbol.dispose]],
  [wrappedIterators, ['next', 'return']],
  [asyncIterators, [Symbol.asyncDispose]],
]

const accessors = [
  [RegExp.prototype, 'flags'],
  [iteratorPrototype, 'constructor'],
  [iteratorPrototype, Symbol.toStringTag],
]

export function installDepths() {
  for (let i = 0; i < methods.length; i++) {
    const object = methods[i][0]
    const names = methods[i][1]
    for (let j = 0; j < names.length; j++) countMethod(object, names[j])
  }
  for (let i = 0; i < accessors.length; i++) countAccessor(accessors[i][0], accessors[i][1])
  countUnits(['at', 'charAt', 'charCodeAt', 'codePointAt', 'slice', 'substr', 'substring'])
  countDisposal(globalThis.DisposableStack, 'dispose', Symbol.dispose)
  countDisposal(globalThis.AsyncDisposableStack, 'disposeAsync', Symbol.asyncDispose)
}

function counted(native, name) {
  return {
    [name](...given) {
      enter(units)
      try {
        return apply(native, this, given)
      } finally {
        leave(units)
      }
    },
  }[name]
}

function countMethod(object, name) {
  const property = getOwnPropertyDescriptor(object, name)
  if (property !== undefined) wrapOne(object, name, counted(property.value, name))
}

/** With a text as `this`, these methods call no code. Loops use them that way. */
function countUnits(names) {
  for (let i = 0; i < names.length; i++) {
    const name = names[i]
    const native = String.prototype[name]
    const slow = counted(native, name)
    wrapOne(
      String.prototype,
      name,
      {
        [name](a, b) {
          if (typeof this === 'string' && isPlain(a) && isPlain(b))
            return apply(native, this, [a, b])
          return apply(slow, textual(this), [
            isPlain(a) ? a : numeric(a),
            isPlain(b) ? b : numeric(b),
          ])
        },
      }[name],
    )
  }
}

const isPlain = (value) => typeof value === 'number' || value === undefined

function countAccessor(object, name) {
  const property = getOwnPropertyDescriptor(object, name)
  const { get, set, enumerable, configurable } = property
  const copy = (native) => {
    if (native === undefined) return undefined
    const inner = counted(native, name)
    const wrapper = markOurs(
      {
        [name](...given) {
          charge(flat.object)
          return apply(inner, this, given)
        },
      }[name],
    )
    for (const key of ['length', 'name'])
      defineProperty(wrapper, key, getOwnPropertyDescriptor(native, key))
    return wrapper
  }
  defineProperty(object, name, {
    __proto__: null,
    get: copy(get),
    set: copy(set),
    enumerable,
    configurable,
  })
}

/** One function has two names. */
function countDisposal(Stack, name, symbol) {
  if (Stack === undefined) return
  countMethod(Stack.prototype, name)
  for (const other of ['adopt', 'use']) countMethod(Stack.prototype, other)
  const property = getOwnPropertyDescriptor(Stack.prototype, symbol)
  defineProperty(Stack.prototype, symbol, { ...property, value: Stack.prototype[name] })
}
