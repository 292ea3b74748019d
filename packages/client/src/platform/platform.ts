/** What a client needs of the platform's cryptography, and what Node and browsers each have in their own way. */
import type { Checker, KeyPair, Signer } from '@vms/format'

/** Checks signatures and hashes. The platform may check signatures elsewhere, as WebCrypto does; then the answer comes later. */
export interface ClientCrypto extends Checker {
  /** `length` bytes of entropy. */
  randomBytes(length: number): Uint8Array
}

/** The signers of a platform. `#platform` in package.json chooses them, so no code asks where it runs. `#crypto` chooses the verifier. */
export interface Platform {
  /** Signs with a key pair whose secret the program holds. */
  signer(key: KeyPair): Signer | Promise<Signer>
  /** The signer of a client without a key option. */
  defaultSigner(): Signer | Promise<Signer>
  /** The key pair that is kept under a name, made if there is none. */
  loadKeyPair(name?: string): Promise<Signer>
}
