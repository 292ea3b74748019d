/**
 * sin, cos and tan. The argument is brought into ±π/4 by taking away a multiple of π/2 in three parts (Cody and Waite), or exactly with
 * 1,300 bits of 2/π where it is large (Payne and Hanek, 1983); the polynomials are those of fdlibm's k_sin.c, k_cos.c and k_tan.c
 * (Sun Microsystems, 1993). Errors below 1 ulp.
 */

import { abs, asBigint, asNumber, sliceBits } from '../core/primordials.js'
import { charge } from '../metering/meter.js'
import { flat } from '../metering/prices.js'
import { coarse, highWord, lowWord, scale } from './math-bits.js'

const quarter = 0.7853981633974483
const quarterLow = 3.061616997868383e-17
const twoOverPi = 0.6366197723675814

/** Set by `reduce`: the rest, in two parts, and the number of quarter turns taken away, from 0 to 3. */
let rest = 0
let restLow = 0
let turns = 0

function reduce(x) {
  if (abs(x) > 2 ** 20) {
    reduceLarge(x)
    return
  }
  // Adding and taking away 1.5·2⁵² rounds to a whole number.
  const n = x * twoOverPi + 6755399441055744 - 6755399441055744
  turns = n & 3
  let r = x - n * 1.5707963267341256
  let w = n * 6.077100506506192e-11
  rest = r - w
  const lost = (highWord(x) >> 20) & 0x7ff
  if (lost - ((highWord(rest) >> 20) & 0x7ff) > 16) {
    let t = r
    w = n * 6.077100506303966e-11
    r = t - w
    w = n * 2.0222662487959506e-21 - (t - r - w)
    rest = r - w
    if (lost - ((highWord(rest) >> 20) & 0x7ff) > 49) {
      t = r
      w = n * 2.0222662487111665e-21
      r = t - w
      w = n * 8.4784276603689e-32 - (t - r - w)
      rest = r - w
    }
  }
  restLow = r - rest - w
}

/** ⌊2/π · 2¹³⁰⁰⌋ and ⌊π/2 · 2¹⁹⁰⌋. */
const inverseBits = 1300n
const inverse =
  0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6babf0cfbc209af4361da9e39n
const half = 0x6487ed5110b4611a62633145c06e0e68948127044533e63an
const keptBits = 190

function reduceLarge(x) {
  charge(flat.reduction)
  const high = highWord(x)
  const significand = (asBigint((high & 0xfffff) | 0x100000) << 32n) | asBigint(lowWord(x))
  const exponent = ((high >> 20) & 0x7ff) - 1075
  // Quarter turns, with `point` bits behind the binary point.
  const product = significand * inverse
  const point = inverseBits - asBigint(exponent)
  let whole = product >> point
  let fraction = (product - (whole << point)) >> (point - 190n)
  if (fraction >> 189n === 1n) {
    whole += 1n
    fraction -= 1n << 190n
  }
  const angle = (fraction * half) >> 190n
  const first = asNumber(angle)
  rest = scale(first, -keptBits)
  restLow = scale(asNumber(angle - asBigint(first)), -keptBits)
  turns = asNumber(sliceBits(2, whole))
  if (x < 0) {
    rest = -rest
    restLow = -restLow
    turns = (4 - turns) & 3
  }
}

function sine(x, y) {
  const z = x * x
  const r =
    0.00833333333332249 +
    z * (-0.0001984126982985795 + z * 0.0000027557313707070068) +
    z * z * z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)
  const v = z * x
  return x - (z * (0.5 * y - v * r) - y - v * -0.16666666666666632)
}

function cosine(x, y) {
  const z = x * x
  const w = z * z
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 0.00002480158728947673)) +
    w * w * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11))
  const half = 0.5 * z
  const most = 1 - half
  return most + (1 - most - half + (z * r - x * y))
}

/** tan(x + y), or −1/tan(x + y) after an odd number of quarter turns. */
function tangent(x, y, isOdd) {
  const isBig = abs(x) >= 0.6744
  const isNegative = x < 0
  let t = x
  let low = y
  if (isBig) {
    t = isNegative ? quarter + x + (quarterLow + y) : quarter - x + (quarterLow - y)
    low = 0
  }
  const z = t * t
  const w = z * z
  const r =
    0.13333333333320124 +
    w *
      (0.021869488294859542 +
        w *
          (0.0035920791075913124 +
            w *
              (0.0005880412408202641 +
                w * (0.00007817944429395571 + w * -0.000018558637485527546))))
  const v =
    z *
    (0.05396825397622605 +
      w *
        (0.0088632398235993 +
          w *
            (0.0014562094543252903 +
              w *
                (0.0002464631348184699 +
                  w * (0.00007140724913826082 + w * 0.00002590730518636337)))))
  const s = z * t
  const more = low + z * (s * (r + v) + low) + s * 0.3333333333333341
  const sum = t + more
  if (isBig) {
    const sign = isOdd ? -1 : 1
    const u = sign - 2 * (t + (more - (sum * sum) / (sum + sign)))
    return isNegative ? -u : u
  }
  if (!isOdd) return sum
  // −1/sum with the error of the division taken back.
  const top = coarse(sum)
  const a = -1 / sum
  const b = coarse(a)
  return b + a * (1 + b * top + b * (more - (top - t)))
}

export function sin(x) {
  const size = abs(x)
  if (size <= quarter) return size < 2 ** -26 ? x : sine(x, 0)
  if (x - x !== 0) return NaN
  reduce(x)
  const value = turns & 1 ? cosine(rest, restLow) : sine(rest, restLow)
  return turns & 2 ? -value : value
}

export function cos(x) {
  if (abs(x) <= quarter) return cosine(x, 0)
  if (x - x !== 0) return NaN
  reduce(x)
  const value = turns & 1 ? sine(rest, restLow) : cosine(rest, restLow)
  return turns === 1 || turns === 2 ? -value : value
}

export function tan(x) {
  const size = abs(x)
  if (size <= quarter) return size < 2 ** -27 ? x : tangent(x, 0, false)
  if (x - x !== 0) return NaN
  reduce(x)
  return tangent(rest, restLow, (turns & 1) === 1)
}
