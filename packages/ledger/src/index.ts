/** An append-only signed log and a networked file archive that commit together, durably, in groups. */
export { ANNOUNCER_PACE, Announcer, type AnnouncerOptions, type Pace } from './announcer.ts'
export type { CommittedFiles } from './committed-files.ts'
export type { BootstrapNode } from './dht-node.ts'
export type { ListedFile } from './drive-reader.ts'
export type { SyncFd } from './durable.ts'
export { discoveryKeyOf } from './engine/hypercore.ts'
export {
  BudgetExceededError,
  type BudgetName,
  CommitFailedError,
  DiskFullError,
  type GenesisEvidence,
  GenesisMismatchError,
  GroupRefusedError,
  LedgerClosedError,
  LedgerDamagedError,
  LedgerError,
  LedgerExistsError,
  LedgerLockedError,
  LedgerMovedError,
  NoLedgerError,
  NotALedgerError,
  OutOfRangeError,
  UnreachableError,
} from './errors.ts'
export type { FileStat } from './file-entry.ts'
export type { FileEvent, HistoryOptions } from './files-history.ts'
export {
  ForkClaimedError,
  ForkedError,
  type ForkedFiles,
  type ForkedHead,
  type ForkedTree,
  type ForkProof,
} from './fork-errors.ts'
export { ForkProbe, type ForkProbeOptions } from './fork-probe.ts'
export { Ledger, type LedgerOptions } from './ledger.ts'
export type { FilesPort, LedgerPort } from './ledger-port.ts'
export { DOWNLOAD_BUDGETS, type DownloadBudgets } from './pace.ts'
export { RemoteFiles, type RemoteFilesOptions } from './remote-files.ts'
export {
  type DownloadOptions,
  Replica,
  type ReplicaOptions,
  type UpdateOptions,
  type WaitOptions,
} from './replica.ts'
export {
  type ReplicateManyOptions,
  replicateMany,
  type Shared,
  type SharedStream,
} from './replicate-many.ts'
export { ScratchFiles } from './scratch-files.ts'
export type { SignedFiles, SignedTree } from './signed-tree.ts'
export {
  joinSwarm,
  type Swarm,
  type Swarmable,
  type SwarmEvent,
  type SwarmOptions,
} from './swarm.ts'
export type { Committed, Group } from './writer.ts'
