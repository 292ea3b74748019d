/** Hashes by @noble/hashes, and signatures checked by the one rule. Apart from what signs, which a page loads before it. */
import { blake2b } from '@noble/hashes/blake2.js'
import type { Checker } from './crypto.ts'
import { isPlainSignature, isPrimeOrderKey } from './ed25519-key.ts'
import { nobleIfNeeded, verifyByPlatform } from './web-ed25519.ts'

/** Checks signatures by the one rule, asynchronously. */
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
