/**
 * The port through which this package signs, verifies and hashes. An adapter per engine fills it
 * (`@vms/format/sodium` on Node), so that the same rules run in a browser.
 */

/** An Ed25519 key pair: 32-byte public key, 64-byte secret key (seed ‖ public key, as libsodium has it). */
export interface KeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** Synchronous hashes on every platform, because a proof is a chain of hashes. */
export interface Hasher {
  /** BLAKE2b-256 over the concatenation of `parts`. */
  hash(...parts: Uint8Array[]): Uint8Array
}

/** The functions that checks need. `Answer` is a promise where the platform checks signatures asynchronously, as browsers do. */
export interface Checker<Answer extends boolean | Promise<boolean> = boolean | Promise<boolean>>
  extends Hasher {
  /**
   * True exactly if libsodium's `crypto_sign_verify_detached` accepts and the public key lies in the prime-order
   * subgroup. Libraries differ on the edge cases; this is the one rule that host, client and auditor share.
   */
  verify(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): Answer
}

/** Signs with one key, without exposing it. */
export interface Signer {
  readonly publicKey: Uint8Array
  /** Whether a program that holds the signer can read the secret key. */
  readonly extractable: boolean
  /** Ed25519 signature (64 bytes) over `message`. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** The cryptography that the formats need where all of it is synchronous. All hashes are 32 bytes. */
export interface Crypto extends Checker<boolean> {
  /** Ed25519 signature (64 bytes) over `message`. */
  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array
  /** SHA-256 over the concatenation of `parts`. */
  sha256(...parts: Uint8Array[]): Uint8Array
  /** A new key pair, or the key pair of a 32-byte seed. */
  keyPair(seed?: Uint8Array): KeyPair
  /** `length` bytes of entropy. */
  randomBytes(length: number): Uint8Array
}

/** A domain tag: the text and a line feed, so that no tag is a prefix of another message. */
export const domainTag = (text: string): Uint8Array => new TextEncoder().encode(`${text}\n`)

/** The bytes that a signature with this domain tag covers. */
export function tagged(tag: Uint8Array, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(tag.length + message.length)
  out.set(tag)
  out.set(message, tag.length)
  return out
}
