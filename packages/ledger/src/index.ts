/** An append-only signed log and a networked file archive that commit together, durably, in groups. */

export type {
  FileEvent,
  FileStat,
  FilesPort,
  HistoryOptions,
  ListedFile,
} from '@vms/format'
export { type Committed, type Group, groupBlocks } from './commit/writer.ts'
export type { SignedFiles, SignedTree } from './cores/signed-tree.ts'
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
} from './errors/errors.ts'
export {
  ForkClaimedError,
  ForkedError,
  type ForkedFiles,
  type ForkedHead,
  type ForkedTree,
  type ForkProof,
} from './errors/fork-errors.ts'
export { ScratchFiles } from './files/scratch-files.ts'
export type { CommittedFiles } from './ledger/committed-files.ts'
export { Ledger, type LedgerOptions } from './ledger/ledger.ts'
export type { LedgerPort } from './ledger/ledger-port.ts'
export type { GenesisOf } from './ledger/open-directory.ts'
export { every, nodeTimers, sleep, type Timers } from './platform/timers.ts'
export {
  ANNOUNCER_PACE,
  Announcer,
  type AnnouncerDht,
  type AnnouncerOptions,
  type Pace,
} from './replication/announcer.ts'

export type { BootstrapNode } from './replication/dht-node.ts'
export { DOWNLOAD_BUDGETS, type DownloadBudgets } from './replication/download-monitor.ts'
export { ForkProbe, type ForkProbeOptions } from './replication/fork-probe.ts'
export { RemoteFiles, type RemoteFilesOptions } from './replication/remote-files.ts'
export {
  type DownloadOptions,
  Replica,
  type ReplicaOptions,
  type UpdateOptions,
  type WaitOptions,
} from './replication/replica.ts'
export {
  type ReplicateManyOptions,
  replicateMany,
  type Shared,
  type SharedStream,
} from './replication/replicate-many.ts'
export {
  joinSwarm,
  type Swarm,
  type Swarmable,
  type SwarmEvent,
  type SwarmOptions,
} from './replication/swarm.ts'
export type { SyncFd } from './store/durable.ts'
