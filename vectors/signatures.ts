/** Signatures on which libraries differ, each with the answer of the one rule. See `docs/spec/format.md`, "Signatures". */
import { fromHex, toHex } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import {
  add,
  BASE,
  challenge,
  encode,
  encodeRaw,
  FIELD,
  IDENTITY,
  littleEndian,
  multiply,
  ORDER,
  type Point,
  secretScalar,
  TORSION,
  withY,
} from './ed25519.ts'

interface SignatureCase {
  readonly name: string
  readonly publicKey: string
  readonly message: string
  readonly signature: string
  readonly valid: boolean
}

const seed = new Uint8Array(32).fill(7)
const secret = secretScalar(seed)
const key = multiply(BASE, secret % ORDER)
const ordinaryKey = encode(key)
const message = new TextEncoder().encode('vms')
const nonce = 123_456_789n
const noncePoint = multiply(BASE, nonce)
const order8 = TORSION[1] as Point

const joined = (r: Uint8Array, s: bigint): Uint8Array => Uint8Array.of(...r, ...littleEndian(s))

function made(
  name: string,
  valid: boolean,
  publicKey: Uint8Array,
  signature: Uint8Array,
  text: Uint8Array = message,
): SignatureCase {
  return {
    name,
    publicKey: toHex(publicKey),
    message: toHex(text),
    signature: toHex(signature),
    valid,
  }
}

/** A signature over the bytes of R and A that are given, whatever points they are, with the scalars `r` and `a` behind them. */
function forged(
  r: Uint8Array,
  rScalar: bigint,
  a: Uint8Array,
  aScalar: bigint,
  text: Uint8Array = message,
) {
  return joined(r, (rScalar + challenge(r, a, text) * aScalar) % ORDER)
}

/** The first message, of a number counted up, for which `fits` holds. */
function search<T>(fits: (text: Uint8Array) => T | null): { text: Uint8Array; found: T } {
  for (let i = 0; ; i++) {
    const text = new TextEncoder().encode(`vms ${i}`)
    const found = fits(text)
    if (found !== null) return { text, found }
  }
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] as number) ^ 1
  return copy
}

const plain = (): SignatureCase[] => {
  const good = sodiumCrypto.sign(message, sodiumCrypto.keyPair(seed).secretKey)
  const r = good.subarray(0, 32)
  const s = good.subarray(32).reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n)
  const rfc = (n: number, publicKey: string, text: string, signature: string) =>
    made(`RFC 8032, test ${n}`, true, fromHex(publicKey), fromHex(signature), fromHex(text))
  return [
    rfc(
      1,
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ),
    rfc(
      2,
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ),
    made('an ordinary signature', true, ordinaryKey, good),
    made(
      'another nonce for the same message',
      true,
      ordinaryKey,
      forged(encode(noncePoint), nonce, ordinaryKey, secret),
    ),
    made('another message', false, ordinaryKey, good, changed(message, 0)),
    made('a changed bit of R', false, ordinaryKey, changed(good, 0)),
    made('a changed bit of S', false, ordinaryKey, changed(good, 32)),
    made('a changed bit of the key', false, changed(ordinaryKey, 0), good),
    made('S + L', false, ordinaryKey, joined(r, s + ORDER)),
    made('S + 8 L', false, ordinaryKey, joined(r, s + 8n * ORDER)),
    made('S = L', false, ordinaryKey, joined(r, ORDER)),
    made('S with the top bit set', false, ordinaryKey, joined(r, s | (2n ** 255n))),
    made('S = 0', false, ordinaryKey, joined(r, 0n)),
    made('all zero', false, ordinaryKey, new Uint8Array(64)),
    made('all zero, key too', false, new Uint8Array(32), new Uint8Array(64)),
    made('all ff', false, ordinaryKey, new Uint8Array(64).fill(255)),
    made('63 bytes', false, ordinaryKey, good.subarray(0, 63)),
    made('65 bytes', false, ordinaryKey, Uint8Array.of(...good, 0)),
    made('a key of 31 bytes', false, ordinaryKey.subarray(0, 31), good),
    made('a key of 33 bytes', false, Uint8Array.of(...ordinaryKey, 0), good),
  ]
}

/** Keys of small order: their signatures need no secret. */
const smallKeys = (): SignatureCase[] => {
  const cases: SignatureCase[] = []
  const forge = (name: string, a: Uint8Array, point: Point) => {
    const { text, found } = search((candidate) => {
      // R must be −k A, and k depends on R: try the eight that it can be, and message after message.
      for (const torsion of TORSION) {
        const r = encode(torsion)
        const sum = add(torsion, multiply(point, challenge(r, a, candidate) % 8n))
        if (sum.x === 0n && sum.y === 1n) return r
      }
      return null
    })
    cases.push(made(`${name}, R of small order`, false, a, joined(found, 0n), text))
    const r = encode(noncePoint)
    const { text: other } = search((candidate) =>
      challenge(r, a, candidate) % 8n === 0n ? r : null,
    )
    cases.push(made(`${name}, R ordinary`, false, a, joined(r, nonce), other))
  }
  TORSION.forEach((point, i) => {
    forge(`a key of small order (${i} times a point of order 8)`, encode(point), point)
  })
  const order4 = withY(0n, false) as Point
  forge('the identity as key, its y written as p + 1', encodeRaw(FIELD + 1n, false), IDENTITY)
  forge('the identity as key, with the sign of x set', encodeRaw(1n, true), IDENTITY)
  forge('a key of order 4, its y written as p', encodeRaw(FIELD, (order4.x & 1n) === 1n), order4)
  forge('a key of order 2, with the sign of x set', encodeRaw(FIELD - 1n, true), {
    x: 0n,
    y: FIELD - 1n,
  })
  return cases
}

/** Keys that are an ordinary point plus one of small order. */
const mixedKeys = (): SignatureCase[] => {
  const a = encode(add(key, order8))
  const { text, found } = search((candidate) => {
    for (const torsion of TORSION) {
      const r = encode(add(noncePoint, torsion))
      const sum = add(torsion, multiply(order8, challenge(r, a, candidate) % 8n))
      if (sum.x === 0n && sum.y === 1n) return r
    }
    return null
  })
  const r = encode(noncePoint)
  const { text: multiple } = search((candidate) =>
    challenge(r, a, candidate) % 8n === 0n ? r : null,
  )
  const { text: other } = search((candidate) => (challenge(r, a, candidate) % 8n !== 0n ? r : null))
  return [
    made(
      'a key plus a point of order 8; libsodium accepts it',
      false,
      a,
      forged(found, nonce, a, secret, text),
      text,
    ),
    made(
      'a key plus a point of order 8, R ordinary; libsodium accepts it',
      false,
      a,
      forged(r, nonce, a, secret, multiple),
      multiple,
    ),
    made(
      'a key plus a point of order 8; holds only when multiplied by 8',
      false,
      a,
      forged(r, nonce, a, secret, other),
      other,
    ),
    made(
      'a key that is not on the curve',
      false,
      encodeRaw(2n, false),
      forged(r, nonce, encodeRaw(2n, false), secret),
    ),
  ]
}

/** An ordinary key, and an R that no honest signer makes. */
const strangeNonces = (): SignatureCase[] => {
  const cases: SignatureCase[] = []
  TORSION.forEach((torsion, i) => {
    const small = encode(torsion)
    cases.push(
      made(
        `R of small order (${i} times a point of order 8)`,
        false,
        ordinaryKey,
        forged(small, 0n, ordinaryKey, secret),
      ),
    )
    if (i === 0) return
    const r = encode(add(noncePoint, torsion))
    cases.push(
      made(
        `R plus ${i} times a point of order 8`,
        false,
        ordinaryKey,
        forged(r, nonce, ordinaryKey, secret),
      ),
    )
  })
  const strange: [string, Uint8Array][] = [
    ['R the identity, its y written as p + 1', encodeRaw(FIELD + 1n, false)],
    ['R the identity, with the sign of x set', encodeRaw(1n, true)],
    ['R of order 4, its y written as p', encodeRaw(FIELD, false)],
    ['R not on the curve', encodeRaw(2n, false)],
    ['R with y above p', encodeRaw(FIELD + 3n, false)],
  ]
  for (const [name, r] of strange) {
    cases.push(made(name, false, ordinaryKey, forged(r, 0n, ordinaryKey, secret)))
  }
  return cases
}

export const signatureVectors = (): object => ({
  about:
    'Ed25519. publicKey, message, signature: hex. valid: the answer of the one rule (docs/spec/format.md, "Signatures").',
  cases: [...plain(), ...smallKeys(), ...mixedKeys(), ...strangeNonces()],
})
