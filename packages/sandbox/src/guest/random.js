/**
 * Math.random: xoshiro128** (Blackman and Vigna, 2018) from the first 16 bytes of the call's seed (little-endian words), two
 * outputs for one double of 53 bits. The other 16 bytes are kept for randomness of other kinds. Public and chosen by the caller: not for draws, not for secrets.
 */
import { give, imul } from './primordials.js'

let a = 0
let b = 0
let c = 0
let d = 0

/** The four words of the state, from `offset` on. */
export function setSeed(words, offset) {
  a = words[offset]
  b = words[offset + 1]
  c = words[offset + 2]
  d = words[offset + 3]
  // The one state that only ever gives zeros.
  if ((a | b | c | d) === 0) d = 1
}

export function installRandom() {
  give(
    Math,
    'random',
    { random: () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000 }.random,
  )
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
