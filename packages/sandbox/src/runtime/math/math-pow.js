/**
 * pow, and the operator `**`: y·log₂ x in two parts, with 24 bits to spare, then 2 to that power. The method of fdlibm's e_pow.c (Sun
 * Microsystems, 1993): errors below 0.7 ulp, and whole results that fit are exact.
 */

import { abs, is, isNaNumber, LN2, LOG2E, sqrt, trunc } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { coarse, fromWords, highWord, lowWord, scale, two53, withHigh } from './math-bits.js'
import { expPolynomial } from './math-exp.js'

export function pow(x, y) {
  if (y === 2) return x * x
  if (y === 1) return x
  if (y === 0) return 1
  if (isNaNumber(x) || isNaNumber(y)) return NaN
  const size = abs(x)
  if (y === Infinity || y === -Infinity) {
    if (size === 1) return NaN
    return size > 1 === y > 0 ? Infinity : 0
  }
  const isNegative = x < 0 || is(x, -0)
  const isOdd = isNegative && abs(y) < two53 && y % 2 !== 0 && trunc(y) === y
  const sign = isOdd ? -1 : 1
  if (size === 0 || size === Infinity || size === 1) {
    if (size === 1) return x < 0 && trunc(y) !== y ? NaN : sign
    return sign * ((size === 0) === y > 0 ? 0 : Infinity)
  }
  if (isNegative && trunc(y) !== y) return NaN
  if (y === 0.5) return sqrt(size)
  if (y === -1) return 1 / x
  charge(flat.power)
  return sign * powerOf(size, y)
}

/** Set by `logarithm`: log₂ x, the first part with at most 21 bits set below its last. */
let first = 0
let second = 0

/** For 0 < x < ∞. */
function logarithm(x) {
  let ax = x
  let n = 0
  let high = highWord(ax)
  if (high < 0x00100000) {
    ax *= two53
    n = -53
    high = highWord(ax)
  }
  n += (high >> 20) - 0x3ff
  const bits = high & 0x000fffff
  high = bits | 0x3ff00000
  // The interval: √¾ to √1½ is taken from 1, √1½ to √3 from 1½.
  let k = 0
  if (bits > 0x3988e && bits < 0xbb67a) k = 1
  else if (bits >= 0xbb67a) {
    n += 1
    high -= 0x00100000
  }
  ax = withHigh(ax, high)
  const base = k === 0 ? 1 : 1.5
  const u = ax - base
  const v = 1 / (ax + base)
  const s = u * v
  const sHigh = coarse(s)
  let tHigh = fromWords(((high >> 1) | 0x20000000) + 0x00080000 + (k << 18), 0)
  let tLow = ax - (tHigh - base)
  const sLow = v * (u - sHigh * tHigh - sHigh * tLow)
  let s2 = s * s
  let r =
    s2 *
    s2 *
    (0.5999999999999946 +
      s2 *
        (0.4285714285785502 +
          s2 *
            (0.33333332981837743 +
              s2 * (0.272728123808534 + s2 * (0.23066074577556175 + s2 * 0.20697501780033842)))))
  r += sLow * (sHigh + s)
  s2 = sHigh * sHigh
  tHigh = coarse(3 + s2 + r)
  tLow = r - (tHigh - 3 - s2)
  const w = sHigh * tHigh
  const e = sLow * tHigh + tLow * s
  const pHigh = coarse(w + e)
  const pLow = e - (pHigh - w)
  const zHigh = 0.9617967009544373 * pHigh
  const zLow =
    -7.028461650952758e-9 * pHigh + pLow * 0.9617966939259756 + (k === 0 ? 0 : 1.350039202129749e-8)
  const extra = k === 0 ? 0 : 0.5849624872207642
  first = coarse(zHigh + zLow + extra + n)
  second = zLow - (first - n - extra - zHigh)
}

/** Where x is so near to 1 that a large y brings it back into range. */
function logarithmNearOne(x) {
  const t = x - 1
  const w = t * t * (0.5 - t * (0.3333333333333333 - t * 0.25))
  const u = 1.4426950216293335 * t
  const v = t * 1.9259629911266175e-8 - w * LOG2E
  first = coarse(u + v)
  second = v - (first - u)
}

function powerOf(x, y) {
  const size = abs(y)
  if (size > 2 ** 31) {
    const high = highWord(x)
    if (size > 2 ** 64 || high < 0x3fefffff || high > 0x3ff00000) {
      return x < 1 === y < 0 ? Infinity : 0
    }
    logarithmNearOne(x)
  } else logarithm(x)
  const coarseY = coarse(y)
  const low = (y - coarseY) * first + y * second
  const high = coarseY * first
  return powerOfTwo(high, low)
}

/** 2 to the power of high + low. */
function powerOfTwo(high, low) {
  const z = low + high
  const j = highWord(z)
  const i = lowWord(z)
  if (j >= 0x40900000) {
    if (((j - 0x40900000) | i) !== 0 || low + 8.008566259537294e-17 > z - high) return Infinity
  } else if ((j & 0x7fffffff) >= 0x4090cc00) {
    if (((j - (0xc090cc00 | 0)) | i) !== 0 || low <= z - high) return 0
  }
  let n = 0
  let rest = high
  if ((j & 0x7fffffff) > 0x3fe00000) {
    let k = ((j & 0x7fffffff) >> 20) - 0x3ff
    n = j + (0x00100000 >> (k + 1))
    k = ((n & 0x7fffffff) >> 20) - 0x3ff
    rest -= fromWords(n & ~(0x000fffff >> k), 0)
    n = ((n & 0x000fffff) | 0x00100000) >> (20 - k)
    if (j < 0) n = -n
  }
  const t = coarse(low + rest)
  const u = t * 0.6931471824645996
  const v = (low - (t - rest)) * LN2 + t * -1.904654299957768e-9
  const sum = u + v
  const w = v - (sum - u)
  const square = sum * sum
  const t1 = sum - expPolynomial(square)
  const r = (sum * t1) / (t1 - 2) - (w + sum * w)
  return scale(1 - (r - sum), n)
}

/** The operator `**`. */
export function power(base, exponent) {
  if (typeof base === 'number' && typeof exponent === 'number') return pow(base, exponent)
  // Two minuses convert any operand to a number or a BigInt, as the operator does and in its order.
  const x = -(-base)
  const y = -(-exponent)
  return typeof x === 'number' && typeof y === 'number' ? pow(x, y) : x ** y
}
