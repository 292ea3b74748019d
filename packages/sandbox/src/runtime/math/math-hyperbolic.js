/**
 * The hyperbolic functions and their inverses, from e^x − 1 in two parts (its series, after the same reduction as in math-exp.js) and
 * from a logarithm that one step of Newton's method brings to two parts. The last rounding is the only one that matters.
 */

import { abs, isNaNumber, LOG2E, trunc } from '../core/primordials.js'
import { highWord, scale } from './math-bits.js'
import { add, divide, high, low, multiply, squareRoot } from './math-double.js'
import { log, log1p } from './math-log.js'

/** ln 2 in three parts; products of the first with whole numbers up to 2¹¹ are exact. */
const ln2 = 0.6931471803691238
const ln2Middle = 1.9082149292705877e-10
const ln2Last = 1.1612227229362532e-26

/** 1/n! in two parts, n from 2 on. */
const inverses = []
const inversesLow = []
for (let n = 2, whole = 1; n <= 24; n++) {
  whole *= n
  divide(1, 0, whole, 0)
  inverses[n - 2] = high
  inversesLow[n - 2] = low
}

/** Sets `high` and `low` to e^x − 1, for |x| < 45. */
function expm1(x) {
  const k = abs(x) > 0.34657359 ? trunc(LOG2E * x + (x < 0 ? -0.5 : 0.5)) : 0
  add(x - k * ln2, 0, -k * ln2Middle, -k * ln2Last)
  const r = high
  const rLow = low
  let s = inverses[22]
  let sLow = inversesLow[22]
  for (let i = 21; i >= 0; i--) {
    multiply(s, sLow, r, rLow)
    add(inverses[i], inversesLow[i], high, low)
    s = high
    sLow = low
  }
  multiply(s, sLow, r, rLow)
  multiply(high, low, r, rLow)
  add(r, rLow, high, low)
  if (k === 0) return
  const factor = scale(1, k)
  add(factor, 0, high * factor, low * factor)
  add(high, low, -1, 0)
}

/** Beyond this, e^−x is negligible beside e^x. */
const far = 22
const overflow = 710.4758600739439

/** Half of e^x for a large x. It does not overflow where e^x does. */
function halfExp(x) {
  if (x > overflow) return Infinity
  const k = trunc(LOG2E * x)
  add(x - k * ln2, 0, -k * ln2Middle, -k * ln2Last)
  const rest = low
  expm1(high)
  add(1, 0, high, low + rest)
  return scale(high, k - 1)
}

export function sinh(x) {
  const size = abs(x)
  if (isNaNumber(x) || size < 2 ** -28) return x
  if (size > far) return x < 0 ? -halfExp(size) : halfExp(size)
  expm1(size)
  const t = high
  const tLow = low
  add(1, 0, t, tLow)
  divide(t, tLow, high, low)
  add(t, tLow, high, low)
  return x < 0 ? -0.5 * high : 0.5 * high
}

export function cosh(x) {
  const size = abs(x)
  if (isNaNumber(x)) return x
  if (size > far) return halfExp(size)
  expm1(size)
  add(1, 0, high, low)
  const e = high
  const eLow = low
  divide(1, 0, e, eLow)
  add(e, eLow, high, low)
  return 0.5 * high
}

export function tanh(x) {
  const size = abs(x)
  if (isNaNumber(x) || size < 2 ** -28) return x
  if (size > far) return x < 0 ? -1 : 1
  expm1(2 * size)
  const t = high
  const tLow = low
  add(2, 0, t, tLow)
  divide(t, tLow, high, low)
  return x < 0 ? -high : high
}

/** log(1 + u + uLow) for −1 < u < 2³⁰. */
function logOneAnd(u, uLow) {
  const y = log1p(u)
  expm1(-y)
  const t = high
  const tLow = low
  multiply(u, uLow, t, tLow)
  const product = high
  const productLow = low
  add(u, uLow, t, tLow)
  add(high, low, product, productLow)
  return y + high
}

/** log(2x) for a large x. */
function logOfDouble(x) {
  const k = ((highWord(x) >> 20) & 0x7ff) - 1022
  const m = scale(x, 1 - k)
  const y = log(m)
  expm1(-y)
  multiply(m, 0, high, low)
  add(m - 1, 0, high, low)
  add(y, 0, high, low)
  const rest = low
  add(k * ln2, 0, high, rest + k * ln2Middle)
  return high
}

const large = 2 ** 28

export function asinh(x) {
  const size = abs(x)
  if (isNaNumber(x) || size < 2 ** -28 || size === Infinity) return x
  let y
  if (size > large) y = logOfDouble(size)
  else {
    multiply(size, 0, size, 0)
    const square = high
    const squareLow = low
    add(1, 0, square, squareLow)
    squareRoot(high, low)
    add(1, 0, high, low)
    divide(square, squareLow, high, low)
    add(size, 0, high, low)
    y = logOneAnd(high, low)
  }
  return x < 0 ? -y : y
}

export function acosh(x) {
  if (isNaNumber(x) || x < 1) return NaN
  if (x === Infinity || x === 1) return x === 1 ? 0 : x
  if (x > large) return logOfDouble(x)
  const t = x - 1
  multiply(t, 0, t, 0)
  add(high, low, 2 * t, 0)
  squareRoot(high, low)
  add(high, low, t, 0)
  return logOneAnd(high, low)
}

export function atanh(x) {
  const size = abs(x)
  if (isNaNumber(x) || size > 1) return NaN
  if (size === 1) return x * Infinity
  if (size < 2 ** -28) return x
  add(1, 0, -size, 0)
  divide(2 * size, 0, high, low)
  const y = 0.5 * logOneAnd(high, low)
  return x < 0 ? -y : y
}
