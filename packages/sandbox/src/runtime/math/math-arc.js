/**
 * atan, atan2, asin and acos: the argument is brought near one of a few known angles, and a polynomial does the rest. The method of
 * fdlibm's s_atan.c, e_atan2.c, e_asin.c and e_acos.c (Sun Microsystems, 1993), errors below 1 ulp.
 */

import { abs, is, isNaNumber, PI, sqrt } from '../core/primordials.js'
import { coarse, highWord, scale } from './math-bits.js'
import { productRest } from './math-double.js'

const piLow = 1.2246467991473532e-16
const half = 1.5707963267948966
const halfLow = 6.123233995736766e-17
/** atan ½, atan 1, atan 1½ and atan ∞, each in two parts. */
const angles = [0.4636476090008061, 0.7853981633974483, 0.982793723247329, half]
const anglesLow = [2.2698777452961687e-17, 3.061616997868383e-17, 1.3903311031230998e-17, halfLow]

export function atan(x) {
  const size = abs(x)
  if (isNaNumber(x) || size < 2 ** -27) return x
  const y = size >= 2 ** 66 ? half : angleOf(size, 0)
  return x < 0 ? -y : y
}

/** Set by `angleOf`: the rounding error of its result. */
let lost = 0

/** atan(size + low) for a positive size and a tiny low. */
function angleOf(size, low) {
  let near = -1
  let t = size
  if (size >= 0.4375) {
    if (size < 0.6875) {
      near = 0
      t = (2 * size - 1) / (2 + size)
    } else if (size < 1.1875) {
      near = 1
      t = (size - 1) / (size + 1)
    } else if (size < 2.4375) {
      near = 2
      t = (size - 1.5) / (1 + 1.5 * size)
    } else {
      near = 3
      t = -1 / size
    }
  }
  const z = t * t
  const w = z * z
  const odd =
    z *
    (0.3333333333333293 +
      w *
        (0.14285714272503466 +
          w *
            (0.09090887133436507 +
              w * (0.06661073137387531 + w * (0.049768779946159324 + w * 0.016285820115365782)))))
  const even =
    w *
    (-0.19999999999876483 +
      w *
        (-0.11111110405462356 +
          w * (-0.0769187620504483 + w * (-0.058335701337905735 + w * -0.036531572744216916))))
  const extra = low / (1 + size * size)
  if (near < 0) {
    const less = t * (odd + even) - extra
    const y = t - less
    lost = t - y - less
    return y
  }
  const less = t * (odd + even) - anglesLow[near] - extra - t
  const y = angles[near] - less
  lost = angles[near] - y - less
  return y
}

export function atan2(y, x) {
  if (isNaNumber(x) || isNaNumber(y)) return NaN
  const isLeft = x < 0 || is(x, -0)
  const isBelow = y < 0 || is(y, -0)
  let z
  if (y === 0) z = isLeft ? PI : 0
  else if (x === 0) z = half
  else if (abs(x) === Infinity) {
    if (abs(y) === Infinity) z = isLeft ? 3 * angles[1] : angles[1]
    else z = isLeft ? PI : 0
  } else if (abs(y) === Infinity) z = half
  else {
    z = angleOfQuotient(abs(y), abs(x), isLeft)
  }
  return isBelow ? -z : z
}

function angleOfQuotient(y, x, isLeft) {
  const quotient = y / x
  if (quotient > 2 ** 60) return half
  if (quotient < 2 ** -60) return isLeft ? PI : quotient
  // Powers of two bring both into the range where the remainder of the division is exact.
  const shift = 1023 - ((highWord(x) >> 20) & 0x7ff)
  const divisor = scale(x, shift)
  const remainder = productRest(quotient, divisor, scale(y, shift))
  if (quotient < 2 ** -27 && !isLeft) return quotient
  const angle = angleOf(quotient, remainder / divisor)
  return isLeft ? PI - (angle - (piLow - lost)) : angle
}

/** (asin x − x)/x³ · x², in z = x². */
function ratio(z) {
  const p =
    z *
    (0.16666666666666666 +
      z *
        (-0.3255658186224009 +
          z *
            (0.20121253213486293 +
              z *
                (-0.04005553450067941 + z * (0.0007915349942898145 + z * 0.00003479331075960212)))))
  const q =
    1 +
    z *
      (-2.403394911734414 +
        z * (2.0209457602335057 + z * (-0.6882839716054533 + z * 0.07703815055590194)))
  return p / q
}

export function asin(x) {
  const size = abs(x)
  if (isNaNumber(x) || size > 1) return NaN
  if (size < 0.5) return size < 2 ** -26 ? x : x + x * ratio(x * x)
  const z = (1 - size) * 0.5
  const s = sqrt(z)
  const r = ratio(z)
  let y
  if (size > 0.975) y = half - (2 * (s + s * r) - halfLow)
  else {
    const c = coarse(s)
    const rest = (z - c * c) / (s + c)
    y = 0.5 * half - (2 * s * r - (halfLow - 2 * rest) - (0.5 * half - 2 * c))
  }
  return x < 0 ? -y : y
}

export function acos(x) {
  const size = abs(x)
  if (isNaNumber(x) || size > 1) return NaN
  if (size < 0.5) return half - (x - (halfLow - x * ratio(x * x)))
  if (x === 1) return 0
  if (x < 0) {
    const z = (1 + x) * 0.5
    const s = sqrt(z)
    return 2 * (half - (s + (ratio(z) * s - halfLow)))
  }
  const z = (1 - x) * 0.5
  const s = sqrt(z)
  const c = coarse(s)
  return 2 * (c + (ratio(z) * s + (z - c * c) / (s + c)))
}
