/**
 * Evidence: the signed bytes that prove a finding to a stranger with nothing but the ledger's key. Everything in it hashes to a
 * head that the ledger's key signed. docs/spec/audit.md says how to check it, and what each code needs.
 */
import {
  encodeReceipt,
  type LedgerManifest,
  type Receipt,
  type SignedHead,
  type TreeNode,
  toHex,
} from '@vms/format'

/**
 * Most bytes of entries in the evidence of one finding: room for two entries of the largest size, and some more. Without this bound, a
 * hostile ledger could make the report, and the auditor's memory, as large as itself.
 */
export const EVIDENCE_BYTES = 32 * 1024 * 1024

/** A node of the ledger's tree; the hash in hexadecimal. */
export interface EvidenceNode {
  readonly index: number
  readonly size: number
  readonly hash: string
}

/** A head that the ledger's key signed, with its fork number; hashes and signature in hexadecimal. */
export interface EvidenceHead {
  readonly length: number
  readonly treeHash: string
  readonly fork: number
  readonly signature: string
}

/** An entry under `heads[0]`: its bytes in base64, and the siblings from its leaf up to one of `roots`. */
export interface EvidenceEntry {
  readonly index: number
  readonly bytes: string
  readonly path: readonly EvidenceNode[]
}

/** An earlier tree under one of the heads: its `roots` at `length`, and the nodes that extend them to the roots of that head. */
export interface EvidenceTree {
  /** Index in `heads`. */
  readonly head: number
  readonly length: number
  readonly roots: readonly EvidenceNode[]
  readonly rest: readonly EvidenceNode[]
}

/** A complete subtree under `heads[0]`, and the siblings up to one of `roots`. */
export interface EvidenceSubtree {
  readonly node: EvidenceNode
  readonly path: readonly EvidenceNode[]
}

/** A head of one core of the files, which the drive's key signed. */
export interface EvidenceFilesHead extends EvidenceHead {
  readonly core: 'db' | 'blobs'
}

/** What the drive's key signed. The manifest of the ledger commits to that key. */
export interface EvidenceFiles {
  /** Public key of the drive's signer, in hexadecimal; it gives the keys of both cores. */
  readonly signer: string
  readonly heads: readonly EvidenceFilesHead[]
  /** As in {@link Evidence}, but `head` is an index into the `heads` here. */
  readonly trees: readonly EvidenceTree[]
}

export interface Evidence {
  /** Key of the ledger, in hexadecimal: the hash of the manifest. */
  readonly ledger: string
  readonly manifest: Readonly<Record<keyof LedgerManifest, string>>
  /** The audited head. For a fork: both heads, or the one head with a fork number other than 0. */
  readonly heads: readonly EvidenceHead[]
  /** Roots at the length of `heads[0]`; empty if no entry is in the evidence. */
  readonly roots: readonly EvidenceNode[]
  /** Entries in ascending order of index. */
  readonly entries: readonly EvidenceEntry[]
  readonly trees: readonly EvidenceTree[]
  readonly subtrees: readonly EvidenceSubtree[]
  /** Right edge of the RFC 6962 tree at `length`, in hexadecimal; its root stands in the entry at that index. */
  readonly rfc6962: { readonly length: number; readonly edge: string } | null
  /** A receipt in base64, as `vms call --receipt` stores it. */
  readonly receipt: string | null
  /** Signed trees of the files; null if the finding is not about them. */
  readonly files: EvidenceFiles | null
}

export const evidenceNode = ({ index, size, hash }: TreeNode): EvidenceNode => ({
  index,
  size,
  hash: toHex(hash),
})

export const evidenceHead = (
  { length, treeHash, signature }: SignedHead,
  fork = 0,
): EvidenceHead => ({ length, treeHash: toHex(treeHash), fork, signature: toHex(signature) })

export const evidenceManifest = ({
  signer,
  filesKey,
  genesisHash,
}: LedgerManifest): Evidence['manifest'] => ({
  signer: toHex(signer),
  filesKey: toHex(filesKey),
  genesisHash: toHex(genesisHash),
})

export const evidenceBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

export const evidenceReceipt = (receipt: Receipt): string => evidenceBytes(encodeReceipt(receipt))
