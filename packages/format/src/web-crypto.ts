/**
 * Signatures and hashes without native code: Ed25519 by WebCrypto where the platform has it, else by @noble/curves, which
 * is loaded only then; BLAKE2b by @noble/hashes. For browsers; runs on Node too, where the tests compare the two.
 */
import { blake2b } from '@noble/hashes/blake2.js'
import type { Checker, KeyPair, Signer } from './crypto.ts'
import { isPlainSignature, isPrimeOrderKey } from './ed25519-key.ts'
import type { Ed25519 } from './noble-ed25519.ts'
import { isCofactorless } from './web-crypto-probe.ts'

export { webSha256 } from './web-sha256.ts'

// The cast says what holds for every byte string of ours: it does not lie in a SharedArrayBuffer.
const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>

/** A key of the platform's, which shows its secret half only if it was made so. */
type PlatformKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>

const ALGORITHM = 'Ed25519'

/** DER of a PKCS #8 private key of Ed25519, up to its seed. Source: RFC 8410. */
const PKCS8_START = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]

async function verifyByPlatform(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
): Promise<boolean> {
  const { subtle } = globalThis.crypto
  const key = await subtle.importKey('raw', plain(publicKey), ALGORITHM, true, ['verify'])
  return await subtle.verify(ALGORITHM, key, plain(signature), plain(message))
}

let engine: Promise<Ed25519 | null> | null = null

/** noble's Ed25519, or null where the platform's own will do. Without a secure context there is no `crypto.subtle`. */
const nobleIfNeeded = (): Promise<Ed25519 | null> => {
  engine ??= isCofactorless(verifyByPlatform).then(async (holds) =>
    holds ? null : (await import('./noble-ed25519.ts')).nobleEd25519,
  )
  return engine
}

/** Checks by the one rule; the answer to a signature comes later. */
export const webChecker: Checker<Promise<boolean>> = {
  hash(...parts) {
    const [first] = parts
    if (first && parts.length === 1) return blake2b(first, { dkLen: 32 })
    const hash = blake2b.create({ dkLen: 32 })
    for (const part of parts) hash.update(part)
    return hash.digest()
  },
  async verify(message, signature, publicKey) {
    if (!isPlainSignature(signature) || !isPrimeOrderKey(publicKey)) return false
    const noble = await nobleIfNeeded()
    return noble
      ? noble.verify(message, signature, publicKey)
      : await verifyByPlatform(message, signature, publicKey)
  },
}

/** `length` bytes of entropy. */
export const webRandomBytes = (length: number): Uint8Array =>
  globalThis.crypto.getRandomValues(new Uint8Array(length))

/** What a browser can store of a signer: a key that it does not show, or where it has none such, the seed. */
export type StoredSigner =
  | { readonly publicKey: Uint8Array; readonly privateKey: PlatformKey }
  | { readonly publicKey: Uint8Array; readonly seed: Uint8Array }

/** Makes a key pair: one whose secret half nobody can read, if the platform can. */
export async function createStoredSigner(): Promise<StoredSigner> {
  const noble = await nobleIfNeeded()
  if (noble) {
    const seed = webRandomBytes(32)
    return { publicKey: noble.publicKey(seed), seed }
  }
  const { subtle } = globalThis.crypto
  const pair = (await subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])) as {
    readonly publicKey: PlatformKey
    readonly privateKey: PlatformKey
  }
  const publicKey = new Uint8Array(await subtle.exportKey('raw', pair.publicKey))
  return { publicKey, privateKey: pair.privateKey }
}

/** Signs with what was stored. */
export async function storedSigner(stored: StoredSigner): Promise<Signer> {
  const { publicKey } = stored
  if ('seed' in stored) return await seedSigner(publicKey, stored.seed)
  return platformSigner(publicKey, stored.privateKey)
}

/** Signs with a key pair whose secret the caller holds. */
export const keyPairSigner = ({ publicKey, secretKey }: KeyPair): Promise<Signer> =>
  seedSigner(publicKey, secretKey.subarray(0, 32))

async function seedSigner(publicKey: Uint8Array, seed: Uint8Array): Promise<Signer> {
  const noble = await nobleIfNeeded()
  if (noble) return { publicKey, extractable: true, sign: (message) => noble.sign(message, seed) }
  const pkcs8 = Uint8Array.from([...PKCS8_START, ...seed])
  const key = await globalThis.crypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign'])
  return platformSigner(publicKey, key)
}

const platformSigner = (publicKey: Uint8Array, key: PlatformKey): Signer => ({
  publicKey,
  extractable: key.extractable,
  sign: async (message) =>
    new Uint8Array(await globalThis.crypto.subtle.sign(ALGORITHM, key, plain(message))),
})
