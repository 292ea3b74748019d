/**
 * The {@link Crypto} port on Node, filled by libsodium (sodium-native: the fastest Ed25519 verify there is for Node,
 * and the library whose acceptance rule the specification names).
 */
import sodium from 'sodium-native'
import type { Crypto, KeyPair } from './crypto.ts'

// Public keys that passed the subgroup check. The check costs as much as a third of a verification and depends on the key alone.
const PRIME_ORDER_KEYS_MAX = 10_000
const primeOrderKeys = new Set<string>()

const view = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function inPrimeOrderSubgroup(publicKey: Uint8Array): boolean {
  const id = view(publicKey).toString('latin1')
  if (primeOrderKeys.has(id)) return true
  // crypto_core_ed25519_is_valid_point: canonical, on the curve, on the main subgroup, not of small order.
  if (!sodium.crypto_core_ed25519_is_valid_point(publicKey)) return false
  if (primeOrderKeys.size >= PRIME_ORDER_KEYS_MAX) primeOrderKeys.clear()
  primeOrderKeys.add(id)
  return true
}

/** Ed25519, BLAKE2b-256 and SHA-256 by libsodium. */
export const sodiumCrypto: Crypto = {
  sign(message, secretKey) {
    const signature = new Uint8Array(sodium.crypto_sign_BYTES)
    sodium.crypto_sign_detached(signature, message, secretKey)
    return signature
  },
  verify(message, signature, publicKey) {
    if (
      publicKey.length !== sodium.crypto_sign_PUBLICKEYBYTES ||
      signature.length !== sodium.crypto_sign_BYTES
    )
      return false
    return (
      sodium.crypto_sign_verify_detached(signature, message, publicKey) &&
      inPrimeOrderSubgroup(publicKey)
    )
  },
  hash(...parts) {
    const out = new Uint8Array(32)
    if (parts.length === 1) sodium.crypto_generichash(out, parts[0] as Uint8Array)
    else sodium.crypto_generichash_batch(out, parts)
    return out
  },
  sha256(...parts) {
    const out = new Uint8Array(32)
    sodium.crypto_hash_sha256(
      out,
      parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts),
    )
    return out
  },
  keyPair(seed): KeyPair {
    const publicKey = new Uint8Array(sodium.crypto_sign_PUBLICKEYBYTES)
    const secretKey = new Uint8Array(sodium.crypto_sign_SECRETKEYBYTES)
    if (seed) sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed)
    else sodium.crypto_sign_keypair(publicKey, secretKey)
    return { publicKey, secretKey }
  },
  randomBytes(length) {
    const out = Buffer.alloc(length)
    sodium.randombytes_buf(out)
    return new Uint8Array(out.buffer, out.byteOffset, length)
  },
}
