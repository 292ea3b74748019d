/** Ed25519 by @noble/curves, for platforms without one of their own. Large, so nothing imports it before it is needed. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { isPrimeOrderNonce } from './ed25519-key.ts'

/** Ed25519 with keys that the caller holds. `seed`: the secret key's first 32 bytes. */
export interface Ed25519 {
  publicKey(seed: Uint8Array): Uint8Array
  sign(message: Uint8Array, seed: Uint8Array): Uint8Array
  /** Verifies by the signature rule, after the forms of key and signature were checked. */
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean
}

export const nobleEd25519: Ed25519 = {
  publicKey: (seed) => ed25519.getPublicKey(seed),
  sign: (message, seed) => ed25519.sign(message, seed),
  verify: (message, signature, publicKey) =>
    // noble multiplies by the cofactor, which forgives an R with a part of small order.
    ed25519.verify(signature, message, publicKey, { zip215: false }) &&
    isPrimeOrderNonce(signature),
}
