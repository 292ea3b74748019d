/** A host's ports in memory and in virtual time, for tests without a disk, a process or a wait. */
export { MemoryDrive } from './memory-drive.ts'
export { type CommitStage, MemoryLedger, MemoryStore, type OnStage } from './memory-ledger.ts'
export { MemoryRefusals, type RefusalDisk } from './memory-refusals.ts'
export { VirtualTime } from './virtual-time.ts'
