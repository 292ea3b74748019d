/** Code from text: the four constructors of functions refuse. (`eval` is removed with the globals.) */
import { defineProperty, getPrototypeOf, give, NativeFunction, setPrototypeOf } from './primordials.js'

export function installCodegen(makeError) {
  const refuse = (name, prototype, Parent) => {
    const holder = {
      [name]: function () {
        throw makeError('EvalError', 'code is not made from text in here', 'ERR_VMS_CODE_FROM_TEXT')
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
  refuse('GeneratorFunction', getPrototypeOf(function* () {}), Refusing)
  refuse('AsyncFunction', getPrototypeOf(async () => {}), Refusing)
  refuse('AsyncGeneratorFunction', getPrototypeOf(async function* () {}), Refusing)
  give(globalThis, 'Function', Refusing)
}
