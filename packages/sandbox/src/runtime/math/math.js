/**
 * `Math`: a fresh object with the engine's exact functions, and with our own where the language leaves the last bits to the engine.
 * Its properties come in one order on every engine.
 */

import { apply, defineProperty, fix, give, ownKeys, tagSymbol } from '../core/primordials.js'
import { numeric } from '../metering/conversions.js'
import { charge } from '../metering/meter.js'
import { metered } from '../metering/metered-iterables.js'
import { flat, pricesOf } from '../metering/prices.js'
import { pay } from '../metering/pricing.js'
import { acos, asin, atan, atan2 } from './math-arc.js'
import { exp, expm1 } from './math-exp.js'
import { acosh, asinh, atanh, cosh, sinh, tanh } from './math-hyperbolic.js'
import { log, log1p, log2, log10 } from './math-log.js'
import { pow } from './math-pow.js'
import { addToSum, cbrt, createSum, hypot, roundSum } from './math-sum.js'
import { cos, sin, tan } from './math-trig.js'

const price = pricesOf('Math')
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

/** Computed with 53 bits and a few more, and with twice as many. */
const ordinary = { acos, asin, atan, cbrt, cos, exp, expm1, log, log1p, log10, log2, sin, tan }
const wide = { acosh, asinh, atanh, cosh, sinh, tanh }

const ours = {
  ...priced('acos'),
  ...priced('acosh'),
  ...priced('asin'),
  ...priced('asinh'),
  ...priced('atan'),
  ...priced('atanh'),
  atan2: (y, x) => {
    charge(flat.math)
    return atan2(number(y), number(x))
  },
  ...priced('cbrt'),
  ...priced('cos'),
  ...priced('cosh'),
  ...priced('exp'),
  ...priced('expm1'),
  hypot: (...values) => {
    const { length } = values
    pay(length, price.hypot.numbers)
    for (let i = 0; i < length; i++) values[i] = number(values[i])
    return hypot(values, length)
  },
  ...priced('log'),
  ...priced('log1p'),
  ...priced('log10'),
  ...priced('log2'),
  pow: (x, y) => pow(number(x), number(y)),
  ...priced('sin'),
  ...priced('sinh'),
  ...priced('tan'),
  ...priced('tanh'),
}

/** The argument as a number. A text pays for its conversion. */
const number = (value) => (typeof value === 'number' ? value : +numeric(value))

/** Wraps an engine's function: it gets numbers only, and the call pays. */
function paid(name, native) {
  const { length } = native
  const holder =
    length === 1
      ? { [name]: (x) => native(typeof x === 'number' ? x : numeric(x)) }
      : name === 'imul'
        ? { imul: (x, y) => native(number(x), number(y)) }
        : {
            [name](x, y) {
              if (arguments.length === 2 && typeof x === 'number' && typeof y === 'number')
                return native(x, y)
              const values = arguments
              for (let i = 0; i < values.length; i++) {
                if (typeof values[i] !== 'number') values[i] = number(values[i])
              }
              return apply(native, undefined, values)
            },
          }
  defineProperty(holder[name], 'length', { __proto__: null, value: length })
  return holder[name]
}

function priced(name) {
  const compute = ordinary[name] ?? wide[name]
  const units = ordinary[name] === undefined ? flat.wideMath : flat.math
  return {
    [name]: (x) => {
      charge(units)
      return compute(number(x))
    },
  }
}

/** `random` comes from random.js. */
export function installMath(random, makeError) {
  const native = globalThis.Math
  const Math = {}
  for (let i = 0; i < constants.length; i++) fix(Math, constants[i], native[constants[i]])
  for (let i = 0; i < exact.length; i++) give(Math, exact[i], paid(exact[i], native[exact[i]]))
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
  // The script provides the iterator. The loop tells it when the sum ends early.
  for (const value of metered(items, price.sumPrecise.iterated)) {
    if (typeof value !== 'number') {
      throw makeError('TypeError', 'Math.sumPrecise adds numbers only', 'ERR_INVALID_ARG_TYPE')
    }
    addToSum(sum, value)
  }
  return roundSum(sum)
}
