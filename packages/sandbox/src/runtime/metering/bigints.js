/** Sizes of BigInts. The language has no way to ask for a size, so this compares a BigInt with powers of two. */
import { makeError } from './errors.js'
import { bound } from './prices.js'

/** `powers[k]` has 64·2^k bits and one. */
const powers = []
for (let bits = 64, i = 0; bits <= bound.bigintBits; bits *= 2, i++) powers[i] = 1n << BigInt(bits)
const last = powers.length - 1

/** 64-bit digits, rounded up to a power of two; more than any allowed number for a BigInt beyond the bound. */
export function digitsOf(value) {
  const size = value < 0n ? -value : value
  let digits = 1
  for (let i = 0; i <= last; i++, digits *= 2) if (size < powers[i]) return digits
  return digits
}

/** @throws RangeError for a BigInt with more bits than allowed */
export function requireBits(bits) {
  if (bits > bound.bigintBits) {
    throw makeError(
      'RangeError',
      `a BigInt would have more than ${bound.bigintBits} bits`,
      'ERR_VMS_BIGINT_TOO_LARGE',
    )
  }
}
