/** What an audit is given. Nothing in it is trusted. */
import type { LedgerManifest, SignedHead } from '@vms/format'

/** A ledger, wherever its bytes come from: a directory, a replica, a host's socket. */
export interface LedgerSource {
  readonly key: Uint8Array
  readonly manifest: LedgerManifest
  /** The head that the audit is about. */
  readonly head: SignedHead
  /** The entries [start, end) in order. May end early if they cannot be had. */
  entries(start: number, end: number): AsyncIterable<Uint8Array>
}

/** The published files, as their own signatures have them. */
export interface ArchiveSource {
  /** Tree hashes of the drive's two cores at these lengths; null if they are not published that far. */
  hashesAt(
    dbLength: number,
    blobsLength: number,
  ): Promise<{ readonly dbHash: Uint8Array; readonly blobsHash: Uint8Array } | null>
}
