/** SHA-256 that answers at once, for the second tree of a ledger. Source: @noble/hashes. */
import { sha256 } from '@noble/hashes/sha2.js'

/** SHA-256 over the concatenation of `parts`. */
export function webSha256(...parts: Uint8Array[]): Uint8Array {
  const hash = sha256.create()
  for (const part of parts) hash.update(part)
  return hash.digest()
}
