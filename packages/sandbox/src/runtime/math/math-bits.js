/** The bits of doubles. The method of all `math-*.js` files is that of fdlibm (Sun Microsystems, 1993). */
import { Doubles, UnsignedWords } from '../core/primordials.js'

const double = new Doubles(1)
const words = new UnsignedWords(double.buffer)
double[0] = 1
/** Index of the word of a double that holds its exponent. */
const top = words[1] === 0 ? 0 : 1
const bottom = 1 - top

/** Sign, exponent and 20 bits of the significand, as an int32. */
export function highWord(x) {
  double[0] = x
  return words[top] | 0
}

/** The lower 32 bits of the significand, as a uint32. */
export function lowWord(x) {
  double[0] = x
  return words[bottom]
}

export function fromWords(high, low) {
  words[top] = high
  words[bottom] = low
  return double[0]
}

export function withHigh(x, high) {
  double[0] = x
  words[top] = high
  return double[0]
}

/** With the lower 32 bits of the significand cleared: products of such numbers are exact. */
export function coarse(x) {
  double[0] = x
  words[bottom] = 0
  return double[0]
}

const two1023 = 2 ** 1023
const two53 = 2 ** 53
const twoMinus969 = 2 ** -969

/** x · 2ⁿ, rounded once. */
export function scale(x, n) {
  let y = x
  let k = n
  if (k > 1023) {
    y *= two1023
    k -= 1023
    if (k > 1023) {
      y *= two1023
      k -= 1023
      if (k > 1023) k = 1023
    }
  } else if (k < -1022) {
    // 2⁻¹⁰²² · 2⁵³: no step before the last may round to a subnormal number.
    y *= twoMinus969
    k += 969
    if (k < -1022) {
      y *= twoMinus969
      k += 969
      if (k < -1022) k = -1022
    }
  }
  return y * fromWords((0x3ff + k) << 20, 0)
}

export { two53 }
