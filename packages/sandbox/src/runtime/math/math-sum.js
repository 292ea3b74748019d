/** cbrt (FreeBSD's s_cbrt.c, 0.67 ulp), hypot and sumPrecise: sums that are rounded once. */

import { abs, asBigint, asNumber, isNaNumber, sqrt, trunc } from '../core/primordials.js'
import { fromWords, highWord, lowWord, scale, two53 } from './math-bits.js'

export function cbrt(x) {
  if (x === 0 || x - x !== 0) return x
  const size = abs(x)
  const isTiny = size < 2 ** -1022
  const scaled = isTiny ? size * two53 * 2 : size
  let t = fromWords(trunc(highWord(scaled) / 3) + (isTiny ? 696219795 : 715094163), 0)
  const r = t * t * (t / size)
  t *=
    1.87595182427177 +
    r * (-1.8849797954337717 + r * 1.6214297201053545) +
    r * r * r * (-0.758397934778766 + r * 0.14599619288661245)
  // To 23 bits, upwards, so that t² is exact; one step of Newton's method does the rest.
  const low = lowWord(t)
  t = fromWords(highWord(t) + (low >= 0x80000000 ? 1 : 0), (low ^ 0x80000000) & 0xc0000000)
  const q = size / (t * t)
  t += t * ((q - t) / (t + t + q))
  return x < 0 ? -t : t
}

/** Square root of the sum of squares; the squares are exact and the sum is kept in two parts. */
export function hypot(values, count) {
  let largest = 0
  let hasNaN = false
  for (let i = 0; i < count; i++) {
    const size = abs(values[i])
    if (size === Infinity) return Infinity
    if (isNaNumber(size)) hasNaN = true
    else if (size > largest) largest = size
  }
  if (hasNaN) return NaN
  if (largest === 0) return 0
  const exponent = ((highWord(largest) >> 20) & 0x7ff) - 1023
  const shift = exponent < -1000 ? 1074 : -exponent
  let sum = 0
  let lost = 0
  for (let i = 0; i < count; i++) {
    const a = scale(abs(values[i]), shift)
    const square = a * a
    const top = split(a)
    const bottom = a - top
    const next = sum + square
    const part = next - sum
    lost += sum - (next - part) + (square - part)
    lost += bottom * bottom - (square - top * top - 2 * top * bottom)
    sum = next
  }
  const root = sqrt(sum + lost)
  const top = split(root)
  const bottom = root - top
  const error = sum - top * top - 2 * top * bottom - bottom * bottom + lost
  return scale(root + error / (2 * root), -shift)
}

/** The upper 26 bits, so that products of halves are exact. */
function split(x) {
  const c = 134217729 * x
  return c - (c - x)
}

/** The sum in units of 2⁻¹⁰⁷⁴, and the special values among the items. */
export function createSum() {
  return { __proto__: null, units: 0n, special: 0, onlyMinusZero: true }
}

export function addToSum(state, x) {
  if (x === 0) {
    if (1 / x > 0) state.onlyMinusZero = false
    return
  }
  state.onlyMinusZero = false
  if (x - x !== 0) {
    state.special += x
    return
  }
  const high = highWord(x)
  const exponent = (high >> 20) & 0x7ff
  const significand =
    (asBigint((high & 0xfffff) | (exponent === 0 ? 0 : 0x100000)) << 32n) | asBigint(lowWord(x))
  const units = exponent === 0 ? significand : significand << asBigint(exponent - 1)
  state.units += x < 0 ? -units : units
}

/** The sum, rounded once. */
export function roundSum({ units, special, onlyMinusZero }) {
  if (special !== 0) return special
  if (units === 0n) return onlyMinusZero ? -0 : 0
  const size = units < 0n ? -units : units
  // 1,100 bits fit a double; what is cut off leaves one bit that breaks ties.
  let kept = size
  let shift = 0
  while (kept >> 1000n !== 0n) {
    kept = (kept >> 64n) | (kept & 0xffffffffffffffffn ? 1n : 0n)
    shift += 64
  }
  const value = times(asNumber(kept), shift - 1074)
  return units < 0n ? -value : value
}

/** x · 2ⁿ where no step rounds: a small x has no more bits than fit, a large one is no smaller than 2⁹⁰⁰. */
function times(x, n) {
  let y = x
  let left = n
  for (; left > 1000; left -= 1000) y *= 2 ** 1000
  for (; left < -1000; left += 1000) y *= 2 ** -1000
  return y * 2 ** left
}
