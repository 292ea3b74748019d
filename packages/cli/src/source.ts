/**
 * A ledger to read, wherever its bytes come from: a stopped service's directory, a running host's WebSocket, the DHT.
 * Nothing that it gives is trusted: the auditor checks it.
 */
import type { ArchiveSource, LedgerSource } from '@vms/auditor'
import type { FilesReader } from './files-reader.ts'

/** An open ledger. Whoever opens it closes it. */
export interface OpenSource extends LedgerSource {
  /** `vms://…` or the directory: what was opened, for people. */
  readonly name: string
  readonly archive: ArchiveSource
  readonly files: FilesReader
  /** Fetches a longer head if there is one; whether there was. A directory has none. */
  update(): Promise<boolean>
  close(): Promise<void>
}
