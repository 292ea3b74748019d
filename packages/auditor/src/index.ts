/** Replays a ledger and says whether its host told the truth. */

// Exports for opening a ledger and for reading the subject of an audit, so that a program depends on this package only.
export {
  callerId,
  decodeEntry,
  decodeHostStatement,
  decodeReceipt,
  decodeRequest,
  decodeScriptState,
  decodeValue,
  type Entry,
  type HostStatement,
  type OracleUse,
  type Outcome,
  provenStatement,
  type Receipt,
  readUpgrade,
  SCRIPT_FILE,
  type ScriptText,
} from '@vms/format'
export { sodiumCrypto } from '@vms/format/sodium'
export type { TimeSpan, UnexplainedBoots } from '@vms/format/structure'
export type { SignedFiles, SignedTree } from '@vms/ledger'
export {
  BudgetExceededError,
  type BudgetName,
  DOWNLOAD_BUDGETS,
  type DownloadBudgets,
  discoveryKeyOf,
  ForkClaimedError,
  ForkedError,
  ForkProbe,
  GenesisMismatchError,
  joinSwarm,
  Ledger,
  RemoteFiles,
  Replica,
  type Swarm,
} from '@vms/ledger'
export { nodesOf, refusedGlobals, sameEngine } from '@vms/sandbox'
export { type AuditOptions, type AuditProgress, audit } from './audit/audit.ts'
export type { AuditReport, Verdict } from './audit/report.ts'
export type { ContentsCheck } from './check/archive-check.ts'
export { type ArrivedEntries, checkArriving } from './check/check-arriving.ts'
export type { AlarmCounts } from './compare/alarms.ts'
export { AUDIT_BUDGETS, type AuditBudgets } from './findings/budgets.ts'
export type { Engine } from './findings/divergence.ts'
export {
  EVIDENCE_BYTES,
  type Evidence,
  type EvidenceEntry,
  type EvidenceFiles,
  type EvidenceFilesHead,
  type EvidenceHead,
  type EvidenceNode,
  type EvidenceSubtree,
  type EvidenceTree,
} from './findings/evidence.ts'
export {
  FINDINGS,
  type Finding,
  type FindingCode,
  type OtherFinding,
  type ProvenCode,
  type ProvenFinding,
  type Severity,
} from './findings/finding.ts'
export { forkFinding } from './findings/fork.ts'
export {
  type Asking,
  type Comparison,
  claimAbout,
  HOST_FINDINGS,
  type HostEvidence,
  type HostFinding,
  type HostFindingCode,
  hostFinding,
  isComparable,
  isId,
  judgeLedger,
  judgeList,
  judgeLogged,
  type LoggedPlace,
  type LoggedScript,
  type LoggedService,
  type ProvisioningLog,
  proveLedger,
  readProvisioningLog,
} from './provisioning/index.ts'
export type { ArchiveSource, FilesLengths, LedgerSource } from './read/source.ts'
export { type RecordedCalls, recordedCalls } from './rehearsal/recorded-calls.ts'
export {
  type RehearsalOptions,
  type RehearsalProgress,
  type RehearsalReport,
  rehearse,
} from './rehearsal/rehearsal.ts'
export type { RecordedUse, RehearsalCall } from './rehearsal/rehearsal-call.ts'
export type { Difference } from './rehearsal/rehearsal-difference.ts'
export type { Performed, RehearsedRun } from './rehearsal/rehearsal-run.ts'
export {
  TrialBootError,
  type TrialDifference,
  type TrialOptions,
  type TrialReport,
  tryUpgrade,
} from './rehearsal/upgrade-trial.ts'
