/**
 * Reference values for Math: BigInts with 320 bits behind the point, plain series, nothing clever. Slow, and right to far more bits than
 * a double has.
 */
const bits = 320n
const one = 1n << bits

const multiply = (a: bigint, b: bigint) => (a * b) >> bits
const divide = (a: bigint, b: bigint) => (a << bits) / b

/** A finite double, exactly if it is no smaller than 2⁻²⁶⁰. */
export function fixed(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const word = view.getBigUint64(0)
  const exponent = (word >> 52n) & 0x7ffn
  const significand = (word & 0xfffffffffffffn) | (exponent === 0n ? 0n : 1n << 52n)
  const shift = bits + (exponent === 0n ? 1n : exponent) - 1075n
  const size = shift >= 0n ? significand << shift : significand >> -shift
  return x < 0 ? -size : size
}

function arctanOfInverse(n: bigint): bigint {
  let sum = 0n
  let power = one / n
  for (let k = 1n; power !== 0n; k += 2n, power /= -n * n) sum += power / k
  return sum
}

/** Machin's formula. */
const pi = 16n * arctanOfInverse(5n) - 4n * arctanOfInverse(239n)

function exp(x: bigint): bigint {
  // e^x = (e^(x / 2^k))^(2^k)
  let k = 0n
  let small = x
  while (small > one >> 8n || small < -(one >> 8n)) {
    small /= 2n
    k += 1n
  }
  let sum = one
  let term = one
  for (let n = 1n; term !== 0n && n < 200n; n++) {
    term = multiply(term, small) / n
    sum += term
  }
  for (; k > 0n; k--) sum = multiply(sum, sum)
  return sum
}

const ln2 = (() => {
  // 2·artanh(1/3)
  let sum = 0n
  let power = one / 3n
  for (let k = 1n; power !== 0n; k += 2n, power /= 9n) sum += power / k
  return 2n * sum
})()

function log(x: bigint): bigint {
  let y = x
  let k = 0n
  for (; y > 2n * one; k++) y >>= 1n
  for (; y < one; k--) y <<= 1n
  // 2·artanh((y − 1)/(y + 1))
  const z = divide(y - one, y + one)
  const square = multiply(z, z)
  let sum = 0n
  let power = z
  for (let n = 1n; power !== 0n && n < 2000n; n += 2n) {
    sum += power / n
    power = multiply(power, square)
  }
  return 2n * sum + k * ln2
}

function sineAndCosine(x: bigint): [sine: bigint, cosine: bigint] {
  const rest = x % (2n * pi)
  let sine = 0n
  let cosine = 0n
  let term = one
  for (let n = 0n; n < 200n; n++) {
    const sign = n % 4n < 2n ? 1n : -1n
    if (n % 2n === 0n) cosine += sign * term
    else sine += sign * term
    term = multiply(term, rest) / (n + 1n)
  }
  return [sine, cosine]
}

function sqrt(x: bigint): bigint {
  if (x === 0n) return 0n
  const square = x << bits
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (root + square / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

function atan(x: bigint): bigint {
  if (x < 0n) return -atan(-x)
  if (x > one) return pi / 2n - atan(divide(one, x))
  // Halving the angle thrice makes the series short.
  let small = x
  for (let i = 0; i < 3; i++) small = divide(small, one + sqrt(one + multiply(small, small)))
  const square = multiply(small, small)
  let sum = 0n
  let power = small
  for (let n = 1n; power !== 0n && n < 3000n; n += 2n) {
    sum += (n % 4n === 1n ? power : -power) / n
    power = multiply(power, square)
  }
  return 8n * sum
}

export const reference: Readonly<Record<string, (x: bigint, y: bigint) => bigint>> = {
  sin: (x) => sineAndCosine(x)[0],
  cos: (x) => sineAndCosine(x)[1],
  tan: (x) => divide(...sineAndCosine(x)),
  exp,
  expm1: (x) => exp(x) - one,
  log,
  log1p: (x) => log(one + x),
  log2: (x) => divide(log(x), ln2),
  log10: (x) => divide(log(x), log(10n * one)),
  asin: (x) => atan(divide(x, sqrt(one - multiply(x, x)))),
  acos: (x) => pi / 2n - atan(divide(x, sqrt(one - multiply(x, x)))),
  atan,
  atan2: (y, x) => atan(divide(y, x)) + (x < 0n ? (y < 0n ? -pi : pi) : 0n),
  sinh: (x) => (exp(x) - exp(-x)) / 2n,
  cosh: (x) => (exp(x) + exp(-x)) / 2n,
  tanh: (x) => divide(exp(2n * x) - one, exp(2n * x) + one),
  asinh: (x) => (x < 0n ? -1n : 1n) * log((x < 0n ? -x : x) + sqrt(multiply(x, x) + one)),
  acosh: (x) => log(x + sqrt(multiply(x, x) - one)),
  atanh: (x) => log(divide(one + x, one - x)) / 2n,
  cbrt: (x) => (x < 0n ? -exp(log(-x) / 3n) : exp(log(x) / 3n)),
  pow: (x, y) => exp(multiply(log(x), y)),
  hypot: (x, y) => sqrt(multiply(x, x) + multiply(y, y)),
}

/** How far a double is from a value, in units of its last place. */
export function ulps(x: number, value: bigint): number {
  const difference = fixed(x) - value
  const size = Math.abs(x)
  const exponent = size < 2 ** -1022 ? -1022 : Math.floor(Math.log2(size))
  const unit = one >> BigInt(52 - exponent)
  return Number(((difference < 0n ? -difference : difference) * 1000n) / unit) / 1000
}
