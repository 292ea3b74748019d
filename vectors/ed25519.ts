/**
 * Points of edwards25519 in plain bigints: slow, and only for making signatures that no honest signer makes. Nothing here is used by the packages.
 *
 * Source: RFC 8032, section 5.1.
 */
import { createHash } from 'node:crypto'

export interface Point {
  readonly x: bigint
  readonly y: bigint
}

export const FIELD = 2n ** 255n - 19n
/** Order of the prime-order subgroup. */
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const mod = (n: bigint, by = FIELD): bigint => ((n % by) + by) % by

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = mod(base), rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square)
    square = mod(square * square)
  }
  return result
}

const invert = (n: bigint): bigint => power(n, FIELD - 2n)
const D = mod(-121665n * invert(121666n))
const ROOT_OF_MINUS_ONE = power(2n, (FIELD - 1n) / 4n)

export const IDENTITY: Point = { x: 0n, y: 1n }

export function add(a: Point, b: Point): Point {
  const product = mod(D * a.x * b.x * a.y * b.y)
  return {
    x: mod((a.x * b.y + b.x * a.y) * invert(1n + product)),
    y: mod((a.y * b.y + a.x * b.x) * invert(1n - product)),
  }
}

export function multiply(point: Point, scalar: bigint): Point {
  let result = IDENTITY
  for (let double = point, rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, double)
    double = add(double, double)
  }
  return result
}

/** The point with this y whose x is even or odd; null if there is none. */
export function withY(y: bigint, odd: boolean): Point | null {
  const square = mod((y * y - 1n) * invert(D * y * y + 1n))
  let x = power(square, (FIELD + 3n) / 8n)
  if (mod(x * x) !== square) x = mod(x * ROOT_OF_MINUS_ONE)
  if (mod(x * x) !== square) return null
  return { x: (x & 1n) === (odd ? 1n : 0n) ? x : mod(-x), y: mod(y) }
}

export const BASE = withY(mod(4n * invert(5n)), false) as Point

/** The eight points whose order divides 8: multiples of one of order 8, the identity first. */
export const TORSION: readonly Point[] = (() => {
  for (let y = 2n; ; y++) {
    const point = withY(y, false)
    const torsion = point && multiply(point, ORDER)
    if (torsion && multiply(torsion, 4n).y !== 1n) {
      return Array.from({ length: 8 }, (_, i) => multiply(torsion, BigInt(i)))
    }
  }
})()

export function littleEndian(n: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 0xffn))
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n)
}

/** The 32 bytes of a point: y, with the lowest bit of x at the top. */
export const encode = (point: Point): Uint8Array => encodeRaw(point.y, (point.x & 1n) === 1n)

/** The same for any 255-bit number in place of y, canonical or not. */
export const encodeRaw = (y: bigint, sign: boolean): Uint8Array =>
  littleEndian(y | (sign ? 2n ** 255n : 0n))

/** The secret scalar of a seed. */
export function secretScalar(seed: Uint8Array): bigint {
  const digest = createHash('sha512').update(seed).digest()
  const low = fromLittleEndian(digest.subarray(0, 32))
  return (low & (2n ** 254n - 8n)) | (2n ** 254n)
}

/** The challenge k of a signature, from the bytes of R and A. */
export function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  const digest = createHash('sha512').update(r).update(a).update(message).digest()
  return mod(fromLittleEndian(digest), ORDER)
}
