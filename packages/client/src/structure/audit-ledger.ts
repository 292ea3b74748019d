/** Reads the whole ledger through its host and audits its structure on the way. */
import { crypto } from '#crypto'
import type { BlockReader } from '../block-reader.ts'
import {
  StructureAudit,
  type StructureAuditOptions,
  type StructureReport,
} from './structure-audit.ts'

/** Entries that are read and checked together: bounds what waits for its signature to be checked. */
const BATCH_ENTRIES = 256

export interface AuditOptions {
  /** Told after each batch. */
  readonly onProgress?: (progress: AuditProgress) => void
  /** Ends the audit: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface AuditProgress {
  /** Entries that are done, of how many. */
  readonly entries: number
  readonly length: number
  readonly findings: number
}

export async function auditLedger(
  blocks: BlockReader,
  ledger: Pick<StructureAuditOptions, 'ledgerKey' | 'manifest'>,
  { onProgress, signal }: AuditOptions,
): Promise<StructureReport> {
  const { head } = blocks
  const { length } = head
  const audit = new StructureAudit({ crypto, ...ledger })
  const batch = (at: number) => blocks.read('log', head, [at, Math.min(length, at + BATCH_ENTRIES)])
  let coming = batch(0)
  while (audit.length < length) {
    signal?.throwIfAborted()
    const read = await coming
    const next = audit.length + read.blocks.length
    if (next < length) {
      coming = batch(next)
      // It may reject before anybody waits for it.
      coming.catch(() => {})
    }
    await audit.add(read.blocks)
    onProgress?.({ entries: audit.length, length, findings: audit.findings })
  }
  return audit.finish(head)
}
