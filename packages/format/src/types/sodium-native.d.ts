// The part of sodium-native that the adapter uses; the package ships no types.
declare module 'sodium-native' {
  const sodium: {
    crypto_sign_BYTES: number
    crypto_sign_PUBLICKEYBYTES: number
    crypto_sign_SECRETKEYBYTES: number
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(
      signature: Uint8Array,
      message: Uint8Array,
      publicKey: Uint8Array,
    ): boolean
    crypto_sign_keypair(publicKey: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    crypto_core_ed25519_is_valid_point(point: Uint8Array): boolean
    crypto_generichash(out: Uint8Array, message: Uint8Array): void
    crypto_generichash_batch(out: Uint8Array, parts: Uint8Array[]): void
    crypto_hash_sha256(out: Uint8Array, message: Uint8Array): void
    randombytes_buf(out: Uint8Array): void
  }
  export default sodium
}
