/** Reads the whole ledger through its host, and audits its structure meanwhile. */

import type { WaitingAlarms } from '@vms/format/structure'
import { crypto } from '#crypto'
import type { ServiceInfo } from '../connection/service-info.ts'
import type { FilesReader } from '../files/files-reader.ts'
import type { BlockReader } from '../reading/block-reader.ts'
import { pendingAlarms } from './ledger-notes.ts'
import { StructureAudit, type StructureReport } from './structure-audit.ts'

/** Entries read and checked together. Bounds how many wait for the check of their signature. */
const BATCH_ENTRIES = 256

export interface AuditOptions {
  /** Called after each batch. */
  readonly onProgress?: (progress: AuditProgress) => void
  /** Cancels the audit, which rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface AuditProgress {
  /** Number of entries done, and of all entries. */
  readonly entries: number
  readonly length: number
  readonly findings: number
}

/** The readers of an audit. */
export interface AuditSource {
  reader(): Promise<BlockReader>
  filesReader(): Promise<FilesReader>
}

/** `now`: the reader's clock, in milliseconds since 1970. */
export async function auditLedger(
  source: AuditSource,
  { ledger: ledgerKey, manifest }: Pick<ServiceInfo, 'ledger' | 'manifest'>,
  now: () => number,
  { onProgress, signal }: AuditOptions,
): Promise<StructureReport> {
  const blocks = await source.reader()
  const { head } = blocks
  const { length } = head
  const audit = new StructureAudit({ crypto, ledgerKey, manifest })
  const batch = (at: number) => blocks.read('log', head, [at, Math.min(length, at + BATCH_ENTRIES)])
  let coming = batch(0)
  while (audit.length < length) {
    signal?.throwIfAborted()
    const read = await coming
    const next = audit.length + read.blocks.length
    if (next < length) {
      coming = batch(next)
      // The batch may reject before the loop awaits it.
      coming.catch(() => {})
    }
    await audit.add(read.blocks)
    onProgress?.({ entries: audit.length, length, findings: audit.findings })
  }
  const result = audit.finish(head)
  const time = now()
  const pending = async (): Promise<WaitingAlarms> => {
    const files = await source.filesReader()
    return await pendingAlarms(await files.version(length), time)
  }
  // After findings, no head is trusted to name the files.
  const waiting = result.findings.length > 0 ? null : await pending()
  return { ...result, notes: audit.notes(time, waiting) }
}
