/**
 * Numbers in two parts; the second part is the rounding error of the first. They give 106 bits from exact operations alone (Dekker, 1971;
 * Knuth). An operation sets `high` and `low`; the caller reads them before the next one.
 */
import { sqrt } from '../core/primordials.js'

export let high = 0
export let low = 0

/** The upper 26 bits, so that products of halves are exact. */
function split(x) {
  const c = 134217729 * x
  return c - (c - x)
}

/** c − a·b, for a product near c. */
export function productRest(a, b, c) {
  const p = a * b
  const aTop = split(a)
  const bTop = split(b)
  const aRest = a - aTop
  const bRest = b - bTop
  return c - p - (aRest * bRest - (p - aTop * bTop - aRest * bTop - aTop * bRest))
}

/** For |a| ≥ |b|. */
function set(a, b) {
  high = a + b
  low = b - (high - a)
}

export function add(a, aLow, b, bLow) {
  const s = a + b
  const v = s - a
  const e = a - (s - v) + (b - v)
  set(s, e + aLow + bLow)
}

export function multiply(a, aLow, b, bLow) {
  const p = a * b
  set(p, -productRest(a, b, p) + (a * bLow + aLow * b))
}

export function divide(a, aLow, b, bLow) {
  const q = a / b
  set(q, (productRest(q, b, a) + aLow - q * bLow) / b)
}

/** For a positive a. */
export function squareRoot(a, aLow) {
  const r = sqrt(a)
  set(r, (productRest(r, r, a) + aLow) / (2 * r))
}
