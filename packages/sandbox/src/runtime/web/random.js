/**
 * Randomness: xoshiro128** (Blackman and Vigna, 2018). Math.random uses the first 16 bytes of the call's seed (little-endian words), and
 * makes one double of 53 bits from two outputs. Random bytes use the other 16, so that neither affects the other. The seed is public and
 * chosen by the caller: use it for no lottery and no secret.
 */
import { imul } from '../core/primordials.js'

/** The state of `Math.random`, four words. */
let a = 0
let b = 0
let c = 0
let d = 0
/** The state of the generator of random bytes, four words. */
let e = 0
let f = 0
let g = 0
let h = 0

/** Sets the seed: eight words from `offset` on. */
export function setSeed(words, offset) {
  a = words[offset]
  b = words[offset + 1]
  c = words[offset + 2]
  d = words[offset + 3]
  // The only state that gives nothing but zeros.
  if ((a | b | c | d) === 0) d = 1
  e = words[offset + 4]
  f = words[offset + 5]
  g = words[offset + 6]
  h = words[offset + 7]
  if ((e | f | g | h) === 0) h = 1
}

/** `Math.random`. */
export const { random } = {
  random: () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000,
}

function next() {
  const product = imul(b, 5)
  const result = imul((product << 7) | (product >>> 25), 9)
  const shifted = b << 9
  c ^= a
  d ^= b
  b ^= c
  a ^= d
  c ^= shifted
  d = (d << 11) | (d >>> 21)
  return result
}

/** 32 random bits, as an int32. */
export function nextWord() {
  const product = imul(f, 5)
  const result = imul((product << 7) | (product >>> 25), 9)
  const shifted = f << 9
  g ^= e
  h ^= f
  f ^= g
  e ^= h
  g ^= shifted
  h = (h << 11) | (h >>> 21)
  return result
}
