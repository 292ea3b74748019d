/**
 * log, log1p, log2 and log10. x = 2ᵏ(1 + f) with √½ < 1 + f < √2, and the logarithm of
 * 1 + f as an odd series in s = f/(2 + f): the method of fdlibm's e_log.c and s_log1p.c (Sun Microsystems, 1993); for the bases 2 and
 * 10 the logarithm is kept in two parts before it is divided, as in FreeBSD's k_log.h.
 */

import { abs, isNaNumber } from '../core/primordials.js'
import { coarse, fromWords, highWord, lowWord, two53 } from './math-bits.js'

const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10

/** The rest of the series for log(1 + f), in s² where s = f/(2 + f). */
function series(z) {
  const w = z * z
  return (
    w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373)) +
    z *
      (0.6666666666666735 +
        w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)))
  )
}

/** Set by `split`. */
let k = 0
let f = 0

/** x = 2ᵏ(1 + f), for a positive finite x. */
function split(x) {
  let y = x
  k = 0
  if (y < 2 ** -1022) {
    y *= two53
    k = -53
  }
  const high = highWord(y) + (0x3ff00000 - 0x3fe6a09e)
  k += (high >> 20) - 0x3ff
  f = fromWords((high & 0xfffff) + 0x3fe6a09e, lowWord(y)) - 1
}

/** The result for a special argument; undefined for others. */
function special(x) {
  if (isNaNumber(x) || x < 0) return NaN
  if (x === 0) return -Infinity
  return x === Infinity ? Infinity : undefined
}

export function log(x) {
  const known = special(x)
  if (known !== undefined) return known
  split(x)
  const half = 0.5 * f * f
  const s = f / (2 + f)
  const r = series(s * s)
  return k * ln2High - (half - (s * (half + r) + k * ln2Low) - f)
}

export function log1p(x) {
  if (isNaNumber(x) || x < -1) return NaN
  if (x === -1) return -Infinity
  if (x === Infinity || abs(x) < 2 ** -53) return x
  let c = 0
  if (x > -0.2929 && x < 0.4142) {
    k = 0
    f = x
  } else {
    const u = 1 + x
    split(u)
    // The rounding error of 1 + x.
    if (k < 54) c = (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u
  }
  const half = 0.5 * f * f
  const s = f / (2 + f)
  const r = series(s * s)
  return k * ln2High - (half - (s * (half + r) + (k * ln2Low + c)) - f)
}

/** Set by `inTwoParts`: log(1 + f). */
let high = 0
let low = 0

function inTwoParts() {
  const half = 0.5 * f * f
  const s = f / (2 + f)
  high = coarse(f - half)
  low = f - high - half + s * (half + series(s * s))
}

export function log2(x) {
  const known = special(x)
  if (known !== undefined) return known
  split(x)
  inTwoParts()
  const product = high * 1.4426950407214463
  const rest = (low + high) * 1.6751713164886512e-10 + low * 1.4426950407214463
  const sum = k + product
  return rest + (k - sum + product) + sum
}

export function log10(x) {
  const known = special(x)
  if (known !== undefined) return known
  split(x)
  inTwoParts()
  const product = high * 0.4342944818781689
  const whole = k * 0.30102999566361177
  const rest =
    k * 3.694239077158931e-13 + (low + high) * 2.5082946711645275e-11 + low * 0.4342944818781689
  const sum = whole + product
  return rest + (whole - sum + product) + sum
}
