/**
 * `Math`: a fresh object with the engine's exact functions, and with our own where the language leaves the last bits to the engine.
 * Its properties come in one order on every engine.
 */
import { acos, asin, atan, atan2 } from './math-arc.js'
import { exp, expm1 } from './math-exp.js'
import { acosh, asinh, atanh, cosh, sinh, tanh } from './math-hyperbolic.js'
import { log, log1p, log2, log10 } from './math-log.js'
import { pow } from './math-pow.js'
import { addToSum, cbrt, createSum, hypot, roundSum } from './math-sum.js'
import { cos, sin, tan } from './math-trig.js'
import { defineProperty, fix, give, ownKeys, tagSymbol } from './primordials.js'

const constants = ['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2']
/** Exact by their definition. */
const exact = [
  'abs',
  'ceil',
  'clz32',
  'f16round',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
]

const ours = {
  acos: (x) => acos(+x),
  acosh: (x) => acosh(+x),
  asin: (x) => asin(+x),
  asinh: (x) => asinh(+x),
  atan: (x) => atan(+x),
  atanh: (x) => atanh(+x),
  atan2: (y, x) => atan2(+y, +x),
  cbrt: (x) => cbrt(+x),
  cos: (x) => cos(+x),
  cosh: (x) => cosh(+x),
  exp: (x) => exp(+x),
  expm1: (x) => expm1(+x),
  hypot: (...values) => {
    const { length } = values
    for (let i = 0; i < length; i++) values[i] = +values[i]
    return hypot(values, length)
  },
  log: (x) => log(+x),
  log1p: (x) => log1p(+x),
  log10: (x) => log10(+x),
  log2: (x) => log2(+x),
  pow: (x, y) => pow(+x, +y),
  sin: (x) => sin(+x),
  sinh: (x) => sinh(+x),
  tan: (x) => tan(+x),
  tanh: (x) => tanh(+x),
}

/** `random` comes from random.js. */
export function installMath(random, makeError) {
  const native = globalThis.Math
  const Math = {}
  for (let i = 0; i < constants.length; i++) fix(Math, constants[i], native[constants[i]])
  for (let i = 0; i < exact.length; i++) give(Math, exact[i], native[exact[i]])
  const names = ownKeys(ours)
  for (let i = 0; i < names.length; i++) give(Math, names[i], ours[names[i]])
  defineProperty(ours.hypot, 'length', { __proto__: null, value: 2 })
  give(Math, 'random', random)
  give(Math, 'sumPrecise', { sumPrecise: (items) => sumPrecise(items, makeError) }.sumPrecise)
  defineProperty(Math, tagSymbol, { __proto__: null, value: 'Math', configurable: true })
  give(globalThis, 'Math', Math)
}

function sumPrecise(items, makeError) {
  const sum = createSum()
  // The iterator is the script's to give, and is told when the sum ends early.
  for (const value of items) {
    if (typeof value !== 'number') {
      throw makeError('TypeError', 'Math.sumPrecise adds numbers only', 'ERR_INVALID_ARG_TYPE')
    }
    addToSum(sum, value)
  }
  return roundSum(sum)
}
