/**
 * Code and text. The four constructors of functions refuse to compile code (`eval` is removed with the globals). Our own functions show no
 * source text, so that a script cannot observe how this folder is written.
 */
import {
  defineProperty,
  functionText,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  give,
  isOurs,
  NativeFunction,
  setPrototypeOf,
} from '../core/primordials.js'
import { writtenText } from '../core/written.js'

export function installCodegen(makeError) {
  const refuse = (name, prototype, Parent) => {
    const holder = {
      [name]: function () {
        throw makeError(
          'EvalError',
          `${name} would make code from text, which nothing meters: write the code in the script`,
          'ERR_VMS_CODE_FROM_TEXT',
        )
      },
    }
    const Refusing = holder[name]
    defineProperty(Refusing, 'length', { __proto__: null, value: 1 })
    defineProperty(Refusing, 'prototype', { __proto__: null, value: prototype, writable: false })
    if (Parent !== null) setPrototypeOf(Refusing, Parent)
    give(prototype, 'constructor', Refusing)
    return Refusing
  }
  const Refusing = refuse('Function', NativeFunction.prototype, null)
  refuse(
    'GeneratorFunction',
    getPrototypeOf(function* () {}),
    Refusing,
  )
  refuse(
    'AsyncFunction',
    getPrototypeOf(async () => {}),
    Refusing,
  )
  refuse(
    'AsyncGeneratorFunction',
    getPrototypeOf(async function* () {}),
    Refusing,
  )
  give(globalThis, 'Function', Refusing)
  const holder = {
    toString() {
      if (typeof this !== 'function' || !isOurs(this)) return writtenText(functionText(this))
      const name = getOwnPropertyDescriptor(this, 'name')
      return `function ${typeof name?.value === 'string' ? name.value : ''}() { [native code] }`
    },
  }
  give(NativeFunction.prototype, 'toString', holder.toString)
}
