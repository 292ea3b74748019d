/** The sources of an audit: the ledger and the published files. The audit trusts nothing in them. */
import type { FilesHead, LedgerManifest, SignedHead, TreeNode } from '@vms/format'
import type { SignedFiles } from '@vms/ledger'

/** A ledger, wherever its bytes come from: a directory, a replica, a host's socket. */
export interface LedgerSource {
  readonly key: Uint8Array
  readonly manifest: LedgerManifest
  /** The head that the audit is about. */
  readonly head: SignedHead
  /** The entries [start, end) in order. May end early if the source does not have all. */
  entries(start: number, end: number): AsyncIterable<Uint8Array>
  /** The roots of the tree at `length`. The audit uses them to check a later head against an earlier one. */
  roots?(length: number): Promise<readonly TreeNode[]>
  /**
   * The nodes that fill [from, to) of the tree; null if the source does not have them. With them, an auditor can show that the entries
   * before `from` belong to the head without reading the entries after them.
   */
  subtrees?(from: number, to: number): Promise<readonly TreeNode[] | null>
}

/** Blocks of the drive's two cores: of the directory tree, and of the contents. */
export type FilesLengths = Pick<FilesHead, 'dbLength' | 'blobsLength'>

/** The published files under the drive's own signatures. */
export interface ArchiveSource {
  /** Trees of the drive's two cores at these lengths, under the drive's own heads; null if the publisher does not have that many blocks. */
  treesAt(dbLength: number, blobsLength: number): Promise<SignedFiles | null>
  /** How far the drive's own signatures reach now. */
  lengths(): Promise<FilesLengths>
  /** The blocks [start, end) of the directory tree (`db`) or of the contents (`blobs`). May end early if the source does not have all. */
  blocks(core: 'db' | 'blobs', start: number, end: number): AsyncIterable<Uint8Array>
  /** Fetches the publisher's present copy of the ledger; null if the publisher shows none. */
  later?(): Promise<LedgerSource | null>
}
