/** Objects that no property leads to. Scripts reach them only through syntax, iterators of built-ins, and the engine's errors. */
import { getOwnPropertyDescriptor, getPrototypeOf } from './primordials.js'

/** Name, as specifications write it, → object. */
export function syntaxRoots() {
  const generator = function* () {}
  const asyncGenerator = async function* () {}
  const args = (function () {
    return arguments
  })()
  const template = ((strings) => strings)`a`
  return {
    __proto__: null,
    '%Global.[[Prototype]]%': getPrototypeOf(globalThis),
    '%AsyncFunction.prototype%': getPrototypeOf(async () => {}),
    '%GeneratorFunction.prototype%': getPrototypeOf(generator),
    '%GeneratorPrototype%': getPrototypeOf(generator.prototype),
    '%AsyncGeneratorFunction.prototype%': getPrototypeOf(asyncGenerator),
    '%AsyncGeneratorPrototype%': getPrototypeOf(asyncGenerator.prototype),
    '%AsyncIteratorPrototype%': getPrototypeOf(getPrototypeOf(asyncGenerator.prototype)),
    '%ArrayIteratorPrototype%': getPrototypeOf([].values()),
    '%MapIteratorPrototype%': getPrototypeOf(new Map().values()),
    '%SetIteratorPrototype%': getPrototypeOf(new Set().values()),
    '%StringIteratorPrototype%': getPrototypeOf(''[Symbol.iterator]()),
    '%RegExpStringIteratorPrototype%': getPrototypeOf(''.matchAll(/a/g)),
    '%IteratorHelperPrototype%': getPrototypeOf([].values().map((x) => x)),
    '%WrapForValidIteratorPrototype%': getPrototypeOf(Iterator.from({ next() {} })),
    '%TypedArray%': getPrototypeOf(Uint8Array),
    '%ThrowTypeError%': getOwnPropertyDescriptor(args, 'callee').get,
    '%TemplateObject.[[Prototype]]%': getPrototypeOf(template),
    '%TemplateRaw.[[Prototype]]%': getPrototypeOf(template.raw),
    '%Arguments.[[Prototype]]%': getPrototypeOf(args),
  }
}
