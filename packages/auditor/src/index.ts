/** Replays a ledger and says whether its host told the truth. */
export { type AuditOptions, type AuditProgress, audit } from './audit.ts'
export { FINDINGS, type Finding, type FindingCode, type Severity } from './finding.ts'
export type { Engine } from './replay.ts'
export type { AuditReport, Verdict } from './report.ts'
export type { ArchiveSource, LedgerSource } from './source.ts'
