/** The port of a ledger and its files that a service uses. {@link Ledger} describes each method. */
import type { FilesHead, FilesPort, LedgerManifest, SignedHead, TreeNode } from '@vms/format'
import type { Committed, Group } from '../commit/writer.ts'
import type { BlockQuestion, ProvenBlocks } from '../reading/proven-blocks.ts'

export interface LedgerPort {
  /** Directory in which the host keeps the ledger's data. */
  readonly directory: string
  readonly key: Uint8Array
  readonly filesKey: Uint8Array
  readonly manifest: LedgerManifest
  readonly length: number
  readonly storedBytes: number
  readonly head: SignedHead
  readonly filesHead: FilesHead
  readonly files: FilesPort
  get(index: number): Promise<Uint8Array>
  entries(start?: number, end?: number): AsyncGenerator<Uint8Array>
  groupEnd(length: number): Promise<SignedHead | null>
  commit(group: Group): Promise<Committed>
  consistency(from: number, to?: number): Promise<TreeNode[]>
  path(index: number, top: number): Promise<TreeNode[]>
  blocks(...question: BlockQuestion): Promise<ProvenBlocks>
  close(): Promise<void>
}
