/** The adapters without native code keep the one signature rule, and hash and sign as libsodium does. */
import { readFileSync } from 'node:fs'
import { fromHex, toHex } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import {
  createStoredSigner,
  keyPairSigner,
  storedSigner,
  webChecker,
  webRandomBytes,
} from '@vms/format/web-crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPlainSignature, isPrimeOrderKey } from '../src/crypto/ed25519-key.ts'
import { nobleEd25519 } from '../src/crypto/noble-ed25519.ts'
import { isCofactorless } from '../src/crypto/web-crypto-probe.ts'

interface Case {
  readonly name: string
  readonly publicKey: string
  readonly message: string
  readonly signature: string
  readonly valid: boolean
}

const url = new URL('../../../vectors/signatures.json', import.meta.url)
const { cases } = JSON.parse(readFileSync(url, 'utf8')) as { readonly cases: Case[] }

describe.each(cases)('$name', ({ publicKey, message, signature, valid }) => {
  const given = [fromHex(message), fromHex(signature), fromHex(publicKey)] as const

  test('by WebCrypto', async () => {
    expect(await webChecker.verify(...given)).toBe(valid)
  })

  test('by noble', () => {
    const [, signed, key] = given
    const isFormed = isPlainSignature(signed) && isPrimeOrderKey(key)
    expect(isFormed && nobleEd25519.verify(...given)).toBe(valid)
  })
})

test('parts hash as libsodium hashes them', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1 }), (parts) => {
      expect(toHex(webChecker.hash(...parts))).toBe(toHex(sodiumCrypto.hash(...parts)))
    }),
  )
})

test('what each signs, all accept', async () => {
  const message = webRandomBytes(100)
  const pair = sodiumCrypto.keyPair()
  const seed = pair.secretKey.subarray(0, 32)
  expect(toHex(nobleEd25519.publicKey(seed))).toBe(toHex(pair.publicKey))
  const expected = toHex(sodiumCrypto.sign(message, pair.secretKey))
  const fromPair = await keyPairSigner(pair)
  const fromSeed = await storedSigner({ publicKey: pair.publicKey, seed })
  for (const signer of [fromPair, fromSeed]) {
    expect(signer.extractable).toBe(true)
    expect(toHex(await signer.sign(message))).toBe(expected)
  }
  expect(toHex(nobleEd25519.sign(message, seed))).toBe(expected)
  const made = await storedSigner(await createStoredSigner())
  expect(made.extractable).toBe(false)
  const signature = await made.sign(message)
  expect(sodiumCrypto.verify(message, signature, made.publicKey)).toBe(true)
  expect(await webChecker.verify(message, signature, made.publicKey)).toBe(true)
})

test('keys of fresh pairs have prime order', () => {
  for (let round = 0; round < 20; round++) {
    const { publicKey } = sodiumCrypto.keyPair()
    expect(isPrimeOrderKey(publicKey)).toBe(true)
  }
  expect(isPrimeOrderKey(new Uint8Array(31))).toBe(false)
})

test('a platform without Ed25519, or with one that forgives, is found out', async () => {
  const sodium = async (...given: Parameters<typeof sodiumCrypto.verify>) =>
    sodiumCrypto.verify(...given)
  expect(await isCofactorless(sodium)).toBe(true)
  expect(await isCofactorless(async () => true)).toBe(false)
  expect(await isCofactorless(async () => false)).toBe(false)
  expect(
    await isCofactorless(async () => {
      throw new TypeError('there is no such algorithm')
    }),
  ).toBe(false)
})
