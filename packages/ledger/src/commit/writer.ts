/**
 * The write path. A commit writes a group to ledger, drive and heads in one write of the store, then syncs the store's log. Only
 * then may a reply, a head or a block of the group leave.
 *
 * Where a crash leaves us: before `atom.flush()` resolves, the store holds the whole group or none of it (one RocksDB
 * batch). After it, the operating system has the group, so a killed process loses nothing. After the sync, a power cut loses
 * nothing either. No byte of the group left before that, so each of these states continues the same history.
 */
import {
  type Crypto,
  type Entry,
  encodeEntry,
  type FileChange,
  type FilesHead,
  Rfc6962Range,
  type SignedHead,
  sameBytes,
  withBorders,
} from '@vms/format'
import type { WritingCores } from '../cores/cores.ts'
import type { GroupHeads } from '../cores/group-heads.ts'
import type { TreeNodeCache } from '../cores/tree-node-cache.ts'
import { headSignature } from '../engine/hypercore.ts'
import { GroupRefusedError, isDiskFull } from '../errors/errors.ts'
import type { Drive } from '../files/drive.ts'
import type { HeadRecord } from '../store/head-record.ts'
import type { PublishedHead } from '../store/published-head.ts'
import type { ReplicationGate } from './replication-gate.ts'
import type { WalSync } from './wal-sync.ts'

/** Entries and file changes that commit together. */
export interface Group {
  /** At least one. The writer sets `root` on the first entry and `files` on the last. */
  readonly entries: readonly Entry[]
  /** Encodings of `entries` without borders, where the caller has them. */
  readonly encoded?: readonly (Uint8Array | null)[]
  /** In call order. The writer folds them. */
  readonly changes: readonly FileChange[]
}

/** A group as stored. It is durable when `commit` resolves with it. */
export interface Committed {
  /** Index of its first entry. */
  readonly start: number
  /** The blocks as stored. */
  readonly entries: readonly Uint8Array[]
  readonly head: SignedHead
  readonly filesHead: FilesHead
}

/** The parts of an open service that a writer uses. */
export interface WriterParts {
  readonly crypto: Crypto
  readonly cores: WritingCores
  readonly drive: Drive
  readonly heads: GroupHeads
  readonly tree: TreeNodeCache
  readonly gate: ReplicationGate
  readonly wal: WalSync
  readonly published: PublishedHead
  /** Record of the last group, null before the first. */
  readonly last: HeadRecord | null
  /** Hash that block 0 must have. */
  readonly genesisHash: Uint8Array
}

/** Commits groups, one at a time: each is prepared, then written. */
export class Writer {
  #parts: WriterParts
  #range: Rfc6962Range
  /** Why the writer refuses all further groups: a failed group stands half made in memory. */
  #refused: GroupRefusedError | null = null

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#range = new Rfc6962Range(parts.crypto, parts.last?.length ?? 0, parts.last?.edge)
  }

  /**
   * Commits one group. `publish` runs when it is durable, before the gate opens; after a failure of the store the gate stays shut. Throws
   * {@link GroupRefusedError}, now and from now on, if the group could not be made.
   */
  async commit(group: Group, publish: (committed: Committed) => void): Promise<Committed> {
    return await this.#write(await this.#made(group), publish)
  }

  async #made(group: Group): Promise<Committed> {
    if (this.#refused) throw this.#refused
    try {
      return await this.#prepare(group)
    } catch (cause) {
      if (isDiskFull(cause)) throw cause
      this.#refused = new GroupRefusedError(cause)
      throw this.#refused
    }
  }

  /** Makes one group in memory: the store holds nothing of it yet. */
  async #prepare(group: Group): Promise<Committed> {
    const { cores, drive, heads, tree } = this.#parts
    const start = cores.log.length
    await drive.write(group.changes)
    const filesHead = drive.head
    const entries = this.#encode(group, filesHead)
    await cores.log.append(entries)
    const treeHash = tree.hash()
    if (!sameBytes(treeHash, cores.log.state.hash()))
      throw new Error('the cached tree and the core have different tree hashes')
    const head = { length: cores.log.length, treeHash, signature: headSignature(cores.log) }
    await heads.put(cores.log, { ...head, files: filesHead, edge: this.#range.edge })
    return { start, entries, head, filesHead }
  }

  async #write(prepared: Committed, publish: (committed: Committed) => void): Promise<Committed> {
    const { cores, tree, gate, wal, published } = this.#parts
    gate.hold()
    await cores.atom.flush()
    await wal.sync()
    published.write(prepared.head)
    tree.trim()
    publish(prepared)
    gate.release()
    return prepared
  }

  #encode(group: Group, files: FilesHead): Buffer[] {
    return groupBlocks(group, this.#range.root(), files).map((bytes, at) => {
      const block = asBuffer(bytes)
      if (this.#range.length === 0) this.#checkGenesis(group.entries[at] as Entry, block)
      this.#range.append(this.#parts.tree.append(block).hash)
      return block
    })
  }

  #checkGenesis(entry: Entry, block: Uint8Array): void {
    if (
      entry.type !== 'genesis' ||
      !sameBytes(this.#parts.crypto.hash(block), this.#parts.genesisHash)
    ) {
      throw new TypeError('the first entry of a ledger is the genesis that it was created with')
    }
  }
}

/** The blocks of a group: `root` stands in its first entry, `files` in its last. Throws for an entry that has no encoding. */
export function groupBlocks(
  { entries, encoded = [] }: Pick<Group, 'entries' | 'encoded'>,
  root: Uint8Array,
  files: FilesHead,
): Uint8Array[] {
  const last = entries.length - 1
  return entries.map((entry, at) => {
    if (entry.type === 'genesis') {
      if (at === last) throw new TypeError('a genesis does not end a group')
      return encodeEntry(entry)
    }
    const bytes = encoded[at] ?? encodeEntry({ ...entry, root: null, files: null })
    return withBorders(bytes, { root: at === 0 ? root : null, files: at === last ? files : null })
  })
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
