/**
 * exp and expm1. x = k·ln 2 + r with |r| ≤ ln 2 / 2, the exponential of r by a rational approximation, then
 * scaled by 2ᵏ: the method of fdlibm's e_exp.c and s_expm1.c (Sun Microsystems, 1993), errors below 1 ulp.
 */

import { abs, isNaNumber, LOG2E, trunc } from '../core/primordials.js'
import { scale } from './math-bits.js'

const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10
const halfLn2 = 0.34657359027997264
const overflow = 709.782712893384
const underflow = -745.1332191019411

/** (r·coth(r/2) − 2)/r² and so on, as a polynomial in r². */
export function expPolynomial(t) {
  return (
    t *
    (0.16666666666666602 +
      t *
        (-0.0027777777777015593 +
          t *
            (0.00006613756321437934 + t * (-0.0000016533902205465252 + t * 4.1381367970572385e-8))))
  )
}

export function exp(x) {
  if (isNaNumber(x)) return x
  if (x > overflow) return Infinity
  if (x < underflow) return 0
  const size = abs(x)
  if (size < 2 ** -28) return 1 + x
  let k = 0
  let high = x
  let low = 0
  if (size > halfLn2) {
    k = trunc(LOG2E * x + (x < 0 ? -0.5 : 0.5))
    high = x - k * ln2High
    low = k * ln2Low
  }
  const r = high - low
  const c = r - expPolynomial(r * r)
  if (k === 0) return 1 - ((r * c) / (c - 2) - r)
  return scale(1 - (low - (r * c) / (2 - c) - high), k)
}

export function expm1(x) {
  if (isNaNumber(x)) return x
  const size = abs(x)
  if (x > overflow) return Infinity
  if (x < -38.816242) return -1
  if (size < 2 ** -54) return x
  let k = 0
  let c = 0
  let r = x
  if (size > halfLn2) {
    k = trunc(LOG2E * x + (x < 0 ? -0.5 : 0.5))
    const high = x - k * ln2High
    const low = k * ln2Low
    r = high - low
    c = high - r - low
  }
  const half = 0.5 * r
  const square = r * half
  const r1 =
    1 +
    square *
      (-0.03333333333333313 +
        square *
          (0.0015873015872548146 +
            square *
              (-0.0000793650757867488 +
                square * (0.000004008217827329362 + square * -2.0109921818362437e-7))))
  const t = 3 - r1 * half
  let e = square * ((r1 - t) / (6 - r * t))
  if (k === 0) return r - (r * e - square)
  e = r * (e - c) - c - square
  if (k === -1) return 0.5 * (r - e) - 0.5
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e)
  if (k <= -2 || k > 56) return scale(1 - (e - r), k) - 1
  if (k < 20) return scale(1 - scale(1, -k) - (e - r), k)
  return scale(r - (e + scale(1, -k)) + 1, k)
}
