/**
 * Signatures and hashes without native code: Ed25519 by WebCrypto where the platform has it, else by @noble/curves, which
 * is loaded only then; BLAKE2b by @noble/hashes. For browsers; runs on Node too, where the tests compare the two.
 */
export { webChecker } from './web-checker.ts'
export { webSha256 } from './web-sha256.ts'
export {
  createStoredSigner,
  keyPairSigner,
  type StoredSigner,
  storedSigner,
  webRandomBytes,
} from './web-signer.ts'
