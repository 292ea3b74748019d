/** The client's port to the platform's cryptography, for the parts that differ between Node and browsers. */
import type { Checker, KeyPair, Signer } from '@vms/format'

/** Checks signatures and hashes. A check may be asynchronous, as in WebCrypto. */
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
  /** The key pair kept under a name. Creates a missing one. */
  loadKeyPair(name?: string): Promise<Signer>
}
