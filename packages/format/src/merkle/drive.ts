/** The keys of a drive's two cores, from the key that signs them: a head of either core can be checked by the files key alone. */
import { fromHex } from '../codec/bytes.ts'
import type { Hasher } from '../crypto/crypto.ts'
import { MANIFEST_NAMESPACE } from './head.ts'

// hypercore's namespace for signers, and hyperdrive's for blobs, as hypercore-crypto's namespace() derives them
// ('hypercore' 4, 'hyperdrive' 0).
const DEFAULT_NAMESPACE = fromHex(
  '4144eea531e483d54e0c14f4ca68e0644f355343ff6fcb0f005200e12cd747cb',
)
const BLOBS_NAMESPACE = fromHex('f217b747161784b495ceee3c42163b07dd62cb06df26e20e95ba4d438123aeeb')

// Version 1, no flags, blake2b, quorum 1, one signer, ed25519.
const MANIFEST_START = fromHex('010000010100')

/** Keys of the two cores of a drive. */
export interface DriveKeys {
  /** The directory tree: this is the files key. */
  readonly db: Uint8Array
  /** The contents. */
  readonly blobs: Uint8Array
}

/** Keys of the drive whose heads `signer` signs. */
export function driveKeys(crypto: Hasher, signer: Uint8Array): DriveKeys {
  const key = (namespace: Uint8Array): Uint8Array =>
    crypto.hash(MANIFEST_NAMESPACE, MANIFEST_START, namespace, signer)
  const db = key(DEFAULT_NAMESPACE)
  return { db, blobs: key(crypto.hash(BLOBS_NAMESPACE, db, DEFAULT_NAMESPACE)) }
}
