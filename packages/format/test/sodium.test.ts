/** The adapter to libsodium against Node's own cryptography and published test vectors. */
import { createHash, createPrivateKey, sign as nodeSign } from 'node:crypto'
import { fromHex, toHex } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('hashes', () => {
  test('BLAKE2b-256 of nothing and of abc', () => {
    // The blake2b reference with an output of 32 bytes.
    expect(toHex(crypto.hash(new Uint8Array()))).toBe(
      '0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
    )
    expect(toHex(crypto.hash(new TextEncoder().encode('abc')))).toBe(
      'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319',
    )
  })

  test('parts hash as their concatenation', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 5 }),
        (parts) => {
          const whole = new Uint8Array(Buffer.concat(parts))
          expect(toHex(crypto.hash(...parts))).toBe(toHex(crypto.hash(whole)))
          expect(toHex(crypto.sha256(...parts))).toBe(
            createHash('sha256').update(whole).digest('hex'),
          )
        },
      ),
    )
  })

  test('bytes inside a larger buffer', () => {
    const part = Buffer.from('--abc--').subarray(2, 5)
    expect(toHex(crypto.hash(part))).toBe(toHex(crypto.hash(new TextEncoder().encode('abc'))))
    expect(toHex(crypto.sha256(part))).toBe(createHash('sha256').update('abc').digest('hex'))
  })
})

describe('signatures', () => {
  test('are those of Node for the same seed and message', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 300 }),
        (seed, message) => {
          const { publicKey, secretKey } = crypto.keyPair(seed)
          const der = Buffer.concat([fromHex('302e020100300506032b657004220420'), seed])
          const theirs = nodeSign(
            null,
            message,
            createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
          )
          const ours = crypto.sign(message, secretKey)
          expect(toHex(ours)).toBe(theirs.toString('hex'))
          expect(crypto.verify(message, ours, publicKey)).toBe(true)
          expect(crypto.verify(Uint8Array.of(...message, 0), ours, publicKey)).toBe(false)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('the answer for a key does not depend on keys seen before, however many', () => {
    const message = Uint8Array.of(1)
    const pairs = Array.from({ length: 50 }, () => crypto.keyPair())
    for (let round = 0; round < 2; round++) {
      for (const [i, { publicKey, secretKey }] of pairs.entries()) {
        const signature = crypto.sign(message, secretKey)
        expect(crypto.verify(message, signature, publicKey)).toBe(true)
        const other = pairs[(i + 1) % pairs.length] as (typeof pairs)[number]
        expect(crypto.verify(message, signature, other.publicKey)).toBe(false)
      }
    }
  })
})

test('random bytes and key pairs are new each time', () => {
  expect(crypto.randomBytes(24)).toHaveLength(24)
  expect(crypto.randomBytes(0)).toHaveLength(0)
  expect(toHex(crypto.randomBytes(24))).not.toBe(toHex(crypto.randomBytes(24)))
  expect(toHex(crypto.keyPair().publicKey)).not.toBe(toHex(crypto.keyPair().publicKey))
})
