/** Requests: what is written can be read; names of callers; what keeps seeds and ids apart. */
import {
  callerId,
  callSeed,
  decodeRequest,
  encodeRequest,
  encodeValue,
  entrySeed,
  isDebugName,
  RecordError,
  type Request,
  requestId,
  signRequest,
  toHex,
  verifyRequest,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const count = fc.maxSafeNat()
const time = fc.maxSafeInteger().map((n) => Math.abs(n) % (8.64e15 + 1))
const debugName = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/)
const method = fc.string({ unit: 'grapheme', maxLength: 20 })

const arbitraryRequest: fc.Arbitrary<Request> = fc.record(
  {
    version: fc.constant(1 as const),
    ledger: bytes(32),
    caller: fc.oneof(bytes(32), debugName),
    head: fc.record({ length: count, treeHash: bytes(32) }, { noNullPrototype: true }),
    expires: time,
    nonce: bytes(16),
    calls: fc.array(
      fc
        .tuple(method, fc.uint8Array({ maxLength: 50 }))
        .map(([name, args]): [string, Uint8Array] => [name, args]),
      { minLength: 1, maxLength: 5 },
    ),
  },
  { noNullPrototype: true },
)

test('any request reads back as it was written', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const written = encodeRequest(request)
      const read = decodeRequest(written)
      expect(read).toStrictEqual(request)
      expect(toHex(encodeRequest(read))).toBe(toHex(written))
    }),
  )
})

test('what cannot be read cannot be written', () => {
  fc.assert(
    fc.property(arbitraryRequest, fc.string({ unit: 'binary', maxLength: 70 }), (request, name) => {
      const write = () => encodeRequest({ ...request, caller: name })
      if (isDebugName(name)) expect(decodeRequest(write()).caller).toBe(name)
      else expect(write).toThrow(RecordError)
    }),
  )
})

describe('names of debug callers', () => {
  test.each([
    ['bob', true],
    ['Bob_1.2-3', true],
    ['b'.repeat(64), true],
    ['b'.repeat(65), false],
    ['', false],
    ['b b', false],
    ['b\n', false],
    ['bób', false],
    ['a:b', false],
  ])('%j: %s', (name, allowed) => {
    expect(isDebugName(name)).toBe(allowed)
  })

  test('no debug caller has the id of a key', () => {
    fc.assert(
      fc.property(bytes(32), debugName, (key, name) => {
        expect(callerId(key)).toMatch(/^[ybndrfg8ejkmcpqxot1uwisza345h769]{52}$/)
        expect(callerId(name)).toBe(`debug:${name}`)
      }),
    )
  })
})

describe('what is hashed and signed', () => {
  const pair = crypto.keyPair(new Uint8Array(32).fill(1))

  test('a signature over a request is none over its bytes, nor the other way round', () => {
    const request = encodeValue(['any bytes'])
    const signature = signRequest(crypto, request, pair.secretKey)
    expect(verifyRequest(crypto, request, signature, pair.publicKey)).toBe(true)
    expect(crypto.verify(request, signature, pair.publicKey)).toBe(false)
    expect(
      verifyRequest(crypto, request, crypto.sign(request, pair.secretKey), pair.publicKey),
    ).toBe(false)
  })

  test('an id is no plain hash', () => {
    const request = encodeValue(1)
    expect(toHex(requestId(crypto, request))).not.toBe(toHex(crypto.hash(request)))
  })

  test('seeds differ by ledger, request, call, kind and index', () => {
    const a = new Uint8Array(32).fill(1)
    const b = new Uint8Array(32).fill(2)
    const seeds = [
      callSeed(crypto, a, a, 0),
      callSeed(crypto, b, a, 0),
      callSeed(crypto, a, b, 0),
      callSeed(crypto, a, a, 1),
      entrySeed(crypto, a, 'boot', 1),
      entrySeed(crypto, b, 'boot', 1),
      entrySeed(crypto, a, 'boot', 2),
      entrySeed(crypto, a, 'init', 1),
    ]
    expect(new Set(seeds.map(toHex)).size).toBe(seeds.length)
  })
})
