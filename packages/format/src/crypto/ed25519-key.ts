/**
 * The parts of the signature rule that platforms leave out, for those whose Ed25519 is not libsodium's: whether a public
 * key is in the one encoding of a point of the prime-order subgroup, and whether a signature is written in its one form.
 * Plain bigints, about 3 ms for a new key: nothing in it is secret, and the answer for a key is remembered.
 *
 * Source: docs/spec/format.md, "Signatures"; RFC 8032, section 5.1; formulas for extended coordinates of Hisil, Wong,
 * Carter and Dawson (2008).
 */

const FIELD = 2n ** 255n - 19n
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const mod = (n: bigint): bigint => {
  const rest = n % FIELD
  return rest < 0n ? rest + FIELD : rest
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % FIELD
    square = (square * square) % FIELD
  }
  return result
}

const D = mod(-121665n * power(121666n, FIELD - 2n))

/** x, y and 1 each times z, and x·y·z. */
type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint]

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = (y1 - x1) * (y2 - x2)
  const b = (y1 + x1) * (y2 + x2)
  const c = mod(2n * t1 * t2) * D
  const d = 2n * z1 * z2
  return product(mod(b - a), mod(d + c), mod(d - c), mod(b + a))
}

function double([x, y, z]: Point): Point {
  const a = x * x
  const b = y * y
  const h = mod(a + b)
  const g = mod(a - b)
  return product(mod(h - (x + y) * (x + y)), g, mod(2n * z * z + g), h)
}

const product = (e: bigint, g: bigint, f: bigint, h: bigint): Point => [
  (e * f) % FIELD,
  (g * h) % FIELD,
  (f * g) % FIELD,
  (e * h) % FIELD,
]

function littleEndian(bytes: Uint8Array): bigint {
  let n = 0n
  for (let i = bytes.length - 1; i >= 0; i--) n = (n << 8n) | BigInt(bytes[i] as number)
  return n
}

/** Decodes a point; null if the 32 bytes are not the canonical encoding of a point. */
function decodePoint(bytes: Uint8Array): Point | null {
  const n = littleEndian(bytes)
  const sign = n >> 255n
  const y = n & (2n ** 255n - 1n)
  if (y >= FIELD) return null
  const square = mod(mod(y * y - 1n) * power(mod(D * y * y + 1n), FIELD - 2n))
  let x = power(square, (FIELD + 3n) / 8n)
  if (mod(x * x) !== square) x = mod(x * power(2n, (FIELD - 1n) / 4n))
  if (mod(x * x) !== square || (x === 0n && sign === 1n)) return null
  if ((x & 1n) !== sign) x = mod(-x)
  return [x, y, 1n, mod(x * y)]
}

const isIdentity = ([x, y, z]: Point): boolean => x === 0n && y === z

function hasPrimeOrder(bytes: Uint8Array): boolean {
  const point = decodePoint(bytes)
  if (!point || isIdentity(point)) return false
  let multiple = point
  for (let bit = 251n; bit >= 0n; bit--) {
    multiple = double(multiple)
    if ((ORDER >> bit) & 1n) multiple = add(multiple, point)
  }
  return isIdentity(multiple)
}

/** Size of the cache of answers. It bounds memory; a key that was evicted costs 3 ms again. */
const KNOWN_KEYS = 10_000
const known = new Map<string, boolean>()

/** Whether `publicKey` is the encoding of a point of the prime-order subgroup other than the identity. */
export function isPrimeOrderKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false
  const id = publicKey.join()
  const answer = known.get(id) ?? hasPrimeOrder(publicKey)
  if (known.size >= KNOWN_KEYS) known.clear()
  known.set(id, answer)
  return answer
}

/**
 * Whether a signature has the form that the rule asks for: S below L, and an R that is not the identity. With a key of
 * prime order, no other R of small order or in another encoding can equal S·B − k·A byte for byte.
 */
export function isPlainSignature(signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  const isOne = signature[0] === 1 && signature.subarray(1, 32).every((byte) => byte === 0)
  return !isOne && littleEndian(signature.subarray(32)) < ORDER
}

/** Whether the point that R encodes has no part of small order: for an engine that multiplies by the cofactor. */
export const isPrimeOrderNonce = (signature: Uint8Array): boolean =>
  hasPrimeOrder(signature.subarray(0, 32))
