/** Heads and the ledger's key: what a host signs, and what that signature is bound to. */
import { fromHex } from '../codec/bytes.ts'
import { bytes, type Infer, integer, record } from '../codec/schema.ts'
import type { Checker, Hasher } from '../crypto/crypto.ts'
import type { LedgerManifest } from './manifest.ts'

/** Shape of a signed head. */
export const signedHeadShape = record({
  length: integer(),
  treeHash: bytes(32),
  signature: bytes(64),
})

/** A head of a ledger whose key is known: length (entries), tree hash, and the host's signature. */
export type SignedHead = Infer<typeof signedHeadShape>

// hypercore's namespaces for signed trees and for manifests, and ours for the signer: BLAKE2b-256 of the names,
// as hypercore-crypto's namespace() derives them ('hypercore' 0 and 3, 'vms' 0).
const TREE_NAMESPACE = fromHex('9fac70b50ca14efc4e91c833b204e75b8b5aad8b5881bfc0adb5ef38a3275b9c')
export const MANIFEST_NAMESPACE = fromHex(
  'e64b7108eacce47cfc61ac850568f55f8b15b82ec5ed78c4ec597b036e2a1498',
)
export const SIGNER_NAMESPACE = fromHex(
  '2a6e45c4ae7a9f5db5e076a96a4c1be3d2cc9d03c2772d4df3f6fa73a4f13f3a',
)

// Version 2, flags (linked, user data), blake2b, quorum 1, one signer, ed25519.
const MANIFEST_START = fromHex('020c00010100')
const ONE_LINKED = fromHex('01')
const USER_DATA_32 = fromHex('20')

/** The ledger's key: the hash of its hypercore manifest, which names the signer, the files and the genesis. */
export function ledgerKey(crypto: Hasher, manifest: LedgerManifest): Uint8Array {
  return crypto.hash(
    MANIFEST_NAMESPACE,
    MANIFEST_START,
    SIGNER_NAMESPACE,
    manifest.signer,
    ONE_LINKED,
    manifest.filesKey,
    USER_DATA_32,
    manifest.genesisHash,
  )
}

/** The 112 bytes that a head's signature is over: namespace, ledger key, tree hash, length, fork. A head of a ledger has fork 0. */
export function headSignable(
  key: Uint8Array,
  length: number,
  treeHash: Uint8Array,
  fork = 0,
): Uint8Array {
  const out = new Uint8Array(112)
  out.set(TREE_NAMESPACE)
  out.set(key, 32)
  out.set(treeHash, 64)
  const view = new DataView(out.buffer)
  view.setBigUint64(96, BigInt(length), true)
  view.setBigUint64(104, BigInt(fork), true)
  return out
}

/** Whether `head` is signed by the manifest's signer for the ledger `key`. The manifest must be the key's. */
export const verifyHead = <Answer extends boolean | Promise<boolean>>(
  crypto: Checker<Answer>,
  key: Uint8Array,
  manifest: LedgerManifest,
  head: SignedHead,
): Answer =>
  crypto.verify(headSignable(key, head.length, head.treeHash), head.signature, manifest.signer)
