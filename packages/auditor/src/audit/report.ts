/** The report of an audit: one machine-readable object about one head. */
import { filesUrl, type GenesisEntry, ledgerUrl, toHex } from '@vms/format'
import type { TimeSpan, UnexplainedBoots } from '@vms/format/structure'
import type { ContentsCheck } from '../check/archive-check.ts'
import type { AlarmCounts } from '../compare/alarms.ts'
import type { Engine } from '../findings/divergence.ts'
import type { Finding } from '../findings/finding.ts'
import type { LedgerSource } from '../read/source.ts'

/**
 * - `verified`: all epochs from the genesis to the head replay to what stands there.
 * - `host-fault`: the host recorded something that did not happen, or happened otherwise.
 * - `nondeterministic-script`: replays of the script disagree, so the audit cannot decide.
 * - `incomplete`: the auditor could not get or run a part.
 * - `engine-differs`: a difference, but recorded on another engine than this auditor's.
 */
export type Verdict =
  | 'verified'
  | 'host-fault'
  | 'nondeterministic-script'
  | 'incomplete'
  | 'engine-differs'

export interface AuditReport {
  readonly version: 1
  readonly verdict: Verdict
  /** The head that the verdict is about; hashes and signature in hexadecimal. */
  readonly head: { readonly length: number; readonly treeHash: string; readonly signature: string }
  /** Entries and calls that were audited. */
  readonly entries: number
  readonly calls: number
  readonly epochs: number
  /** Calls, alarms and the init included, that used an oracle: the audit believes the recorded answers and cannot reproduce them. */
  readonly oracles: number
  /** Epochs that ended for a reason that no entry shows. */
  readonly boots: UnexplainedBoots
  /** Times by the host's clock, compared with the auditor's. */
  readonly times: TimeSpan | null
  readonly alarms: AlarmCounts
  /** `vms://…` */
  readonly ledger: string
  /** `hyper://…` */
  readonly files: string
  readonly script: {
    readonly name: string
    readonly title: string
    readonly semantics: number
  } | null
  /** `debug`: the host checked no caller and accepted any name. */
  readonly authentication: 'signed' | 'debug' | null
  readonly receipts: number
  /** How much of the published files was compared: every block, their tree hashes alone, or nothing. */
  readonly contents: ContentsCheck | null
  /** Bytes of file contents that the audit fetched and compared, including older versions of files. */
  readonly contentBytes: number
  /** The engine of this auditor. */
  readonly engine: Engine | null
  readonly findings: readonly Finding[]
  readonly elapsedMs: number
}

/** The verdict of the findings. A proven finding decides. A doubt about script or engine outweighs the findings that it puts in doubt. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  const has = (test: (finding: Finding) => boolean): boolean => findings.some(test)
  if (has(({ severity }) => severity === 'proven')) return 'host-fault'
  if (has(({ code }) => code === 'SCRIPT_NONDETERMINISTIC')) return 'nondeterministic-script'
  if (has(({ code }) => code === 'ENGINE_DIFFERS')) return 'engine-differs'
  if (has(({ severity }) => severity === 'reproducible')) return 'host-fault'
  return findings.length > 0 ? 'incomplete' : 'verified'
}

export interface ReportParts {
  readonly source: LedgerSource
  readonly genesis: GenesisEntry | null
  readonly findings: readonly Finding[]
  readonly entries: number
  readonly calls: number
  readonly epochs: number
  readonly oracles: number
  readonly boots: UnexplainedBoots
  readonly times: TimeSpan | null
  readonly alarms: AlarmCounts
  readonly receipts: number
  readonly contents: ContentsCheck | null
  readonly contentBytes: number
  readonly engine: Engine | null
  readonly elapsedMs: number
}

export function makeReport({ source, genesis, ...counted }: ReportParts): AuditReport {
  const { head } = source
  const { findings, entries, calls, epochs, oracles, alarms, receipts, engine, elapsedMs } = counted
  const { contents, contentBytes, boots, times } = counted
  return {
    version: 1,
    verdict: verdictOf(findings),
    head: { length: head.length, treeHash: toHex(head.treeHash), signature: toHex(head.signature) },
    entries,
    calls,
    epochs,
    oracles,
    boots,
    times,
    alarms,
    ledger: ledgerUrl(source.key),
    files: filesUrl(source.manifest.filesKey),
    script: genesis && {
      name: genesis.script.name,
      title: genesis.script.title,
      semantics: genesis.semantics,
    },
    authentication: genesis?.authentication ?? null,
    receipts,
    contents,
    contentBytes,
    engine,
    findings,
    elapsedMs,
  }
}
