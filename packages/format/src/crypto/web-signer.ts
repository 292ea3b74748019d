/** Signs without native code. WebCrypto keeps the keys where it can; otherwise the seed is stored. */
import type { KeyPair, Signer } from './crypto.ts'
import { ALGORITHM, nobleIfNeeded, plain } from './web-ed25519.ts'

/** A key of the platform. It exposes its secret half only if it was created so. */
type PlatformKey = Awaited<ReturnType<typeof globalThis.crypto.subtle.importKey>>

/** DER of a PKCS #8 private key of Ed25519, up to its seed. Source: RFC 8410. */
const PKCS8_START = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]

/** `length` bytes of entropy. */
export const webRandomBytes = (length: number): Uint8Array =>
  globalThis.crypto.getRandomValues(new Uint8Array(length))

/** The stored form of a browser's signer: a key that cannot be exported, or the seed where the platform has no such keys. */
export type StoredSigner =
  | { readonly publicKey: Uint8Array; readonly privateKey: PlatformKey }
  | { readonly publicKey: Uint8Array; readonly seed: Uint8Array }

/** Makes a key pair. If the platform supports it, no script can read the secret half. */
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

/** Signs with a stored key pair. */
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
