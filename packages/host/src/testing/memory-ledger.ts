/**
 * A ledger in memory that commits like the one on a disk: it writes, then syncs, then publishes. A crash between write and sync may lose
 * the written group.
 */
import type { FilesPort } from '@vms/format'
import {
  type Crypto,
  type FilesHead,
  fillIndexes,
  firstLeaf,
  headSignable,
  type KeyPair,
  type LedgerManifest,
  leafCount,
  leafNode,
  ledgerKey,
  parentNode,
  pathIndexes,
  Rfc6962Range,
  type SignedHead,
  type TreeNode,
  TreeRoots,
} from '@vms/format'
import {
  type Committed,
  type GenesisOf,
  type Group,
  groupBlocks,
  LedgerClosedError,
  type LedgerPort,
  OutOfRangeError,
} from '@vms/ledger'
import { MemoryDrive } from './memory-drive.ts'

/** Stages at which a test can delay or fail a commit, in this order. */
export type CommitStage = 'write' | 'sync' | 'synced'

/** Called at each stage of a commit. The commit fails with the error that it throws. */
export type OnStage = (stage: CommitStage) => Promise<void>

interface Written {
  readonly committed: Committed
  readonly changes: Group['changes']
}

/** A disk. Its content outlives the ledger that wrote it. */
export class MemoryStore {
  readonly manifest: LedgerManifest
  readonly signer: KeyPair
  readonly key: Uint8Array
  readonly crypto: Crypto
  /** Groups in the order of writing. */
  #groups: Written[] = []
  /** Number of groups that a power cut can no longer lose. */
  #synced = 0

  /** `genesis` takes the public key that signs heads, and returns the encoded first entry. */
  constructor(crypto: Crypto, genesis: GenesisOf, signer = crypto.keyPair()) {
    this.crypto = crypto
    this.signer = signer
    this.manifest = {
      signer: signer.publicKey,
      filesKey: crypto.hash(signer.publicKey),
      genesisHash: crypto.hash(genesis(signer.publicKey)),
    }
    this.key = ledgerKey(crypto, this.manifest)
  }

  get groups(): readonly Written[] {
    return this.#groups
  }

  /** Groups that are durable. */
  get synced(): readonly Written[] {
    return this.#groups.slice(0, this.#synced)
  }

  write(written: Written): void {
    this.#groups.push(written)
  }

  sync(): void {
    this.#synced = this.#groups.length
  }

  /** Replaces the directory by a copy of it with the first `count` groups. */
  restore(count: number): void {
    this.#groups.length = Math.min(this.#groups.length, count)
    this.sync()
  }

  /**
   * Simulates a power failure. Of the unsynced groups, the first `kept` reached the disk by chance. All groups on the disk are durable
   * after it.
   */
  cut(kept: number): void {
    this.#groups.length = Math.min(this.#groups.length, this.#synced + kept)
    this.sync()
  }
}

export class MemoryLedger implements LedgerPort {
  readonly directory = ''
  readonly #store: MemoryStore
  readonly #onStage: OnStage
  readonly #tree: TreeRoots
  readonly #range: Rfc6962Range
  readonly #nodes = new Map<number, TreeNode>()
  readonly #blocks: Uint8Array[] = []
  readonly #ends = new Map<number, SignedHead>()
  readonly #drive: MemoryDrive
  #head: SignedHead | null = null
  #files: FilesHead
  #commits: Promise<unknown> = Promise.resolve()
  #dead: Error | null = null

  /** Opens the ledger on the disk. */
  constructor(store: MemoryStore, onStage: OnStage = async () => {}) {
    const { crypto } = store
    this.#store = store
    this.#onStage = onStage
    this.#tree = new TreeRoots(crypto)
    this.#range = new Rfc6962Range(crypto)
    this.#drive = new MemoryDrive(crypto)
    this.#files = this.#drive.head
    for (const { committed, changes } of store.groups) {
      this.#drive.commit(changes, committed.start)
      for (const block of committed.entries) this.#append(block)
      this.#publish(committed)
    }
  }

  get key(): Uint8Array {
    return this.#store.key
  }

  get manifest(): LedgerManifest {
    return this.#store.manifest
  }

  get filesKey(): Uint8Array {
    return this.manifest.filesKey
  }

  get length(): number {
    return this.#head?.length ?? 0
  }

  get storedBytes(): number {
    return this.#blocks.reduce((sum, { length }) => sum + length, 0)
  }

  get head(): SignedHead {
    if (!this.#head) throw new RangeError('nothing is committed yet')
    return this.#head
  }

  get filesHead(): FilesHead {
    return this.#files
  }

  get files(): FilesPort {
    const { files } = this.#drive
    return {
      stat: (path) => files.stat(path),
      read: (path) => files.read(path),
      list: (path, options) => files.list(path, options),
      history: (options = {}) => files.history(options),
    }
  }

  async get(index: number): Promise<Uint8Array> {
    this.#assertAlive()
    const block = index < this.length ? this.#blocks[index] : undefined
    if (!block) throw new OutOfRangeError(index, this.length)
    return block
  }

  async *entries(start = 0, end = this.length): AsyncGenerator<Uint8Array> {
    for (let index = start; index < end; index++) yield await this.get(index)
  }

  async groupEnd(length: number): Promise<SignedHead | null> {
    return this.#ends.get(length) ?? null
  }

  commit(group: Group): Promise<Committed> {
    const commit = this.#commits.then(() => this.#commit(group))
    this.#commits = commit.catch(() => {})
    return commit
  }

  async #commit(group: Group): Promise<Committed> {
    this.#assertAlive()
    try {
      const committed = this.#make(group)
      await this.#onStage('write')
      this.#store.write({ committed, changes: group.changes })
      await this.#onStage('sync')
      this.#store.sync()
      await this.#onStage('synced')
      this.#publish(committed)
      return committed
    } catch (error) {
      this.#dead = error as Error
      throw error
    }
  }

  async consistency(from: number, to = this.length): Promise<TreeNode[]> {
    return this.#found(fillIndexes(from, to))
  }

  async path(index: number, top: number): Promise<TreeNode[]> {
    const start = firstLeaf(top)
    if (index < start || index >= start + leafCount(top))
      throw new RangeError(`node ${top} does not cover entry ${index}`)
    return this.#found(pathIndexes(index, top))
  }

  /** Blocks of the ledger. There are no cores of files in memory. */
  async blocks(
    ...[name, [start, end, length], limits]: Parameters<LedgerPort['blocks']>
  ): ReturnType<LedgerPort['blocks']> {
    const durable = name === 'log' ? this.length : 0
    if (length > durable) throw new OutOfRangeError(length - 1, durable)
    if (start > end || end > length) throw new OutOfRangeError(Math.max(start, end - 1), length)
    const stop = Math.min(end, start + limits.blocks)
    return {
      blocks: this.#blocks.slice(start, stop),
      before: this.#found(fillIndexes(0, start)),
      after: this.#found(fillIndexes(stop, length)),
    }
  }

  async close(): Promise<void> {
    await this.#commits
    this.#dead ??= new LedgerClosedError()
  }

  #make(group: Group): Committed {
    const start = this.#blocks.length
    const filesHead = this.#drive.commit(group.changes, start)
    const blocks = groupBlocks(group, this.#range.root(), filesHead)
    for (const block of blocks) this.#append(block)
    const length = start + blocks.length
    const treeHash = this.#tree.hash()
    const { crypto, signer, key } = this.#store
    const signature = crypto.sign(headSignable(key, length, treeHash), signer.secretKey)
    return { start, entries: blocks, head: { length, treeHash, signature }, filesHead }
  }

  #append(block: Uint8Array): void {
    const leaf = leafNode(this.#store.crypto, this.#blocks.length, block)
    this.#keep(leaf)
    this.#tree.append(leaf)
    this.#range.append(leaf.hash)
    this.#blocks.push(block)
  }

  /** Stores a node, and the parents that it completes. */
  #keep(node: TreeNode): void {
    this.#nodes.set(node.index, node)
    const size = 2 * leafCount(node.index)
    const left = this.#nodes.get(node.index - size)
    const isRight = (firstLeaf(node.index) / leafCount(node.index)) % 2 === 1
    if (left && isRight) this.#keep(parentNode(this.#store.crypto, left, node))
  }

  #publish({ head, filesHead }: Committed): void {
    this.#head = head
    this.#files = filesHead
    this.#ends.set(head.length, head)
  }

  #found(indexes: readonly number[]): TreeNode[] {
    this.#assertAlive()
    return indexes.map((index) => {
      const node = this.#nodes.get(index)
      if (!node) throw new RangeError(`the tree has no node ${index}`)
      return node
    })
  }

  #assertAlive(): void {
    if (this.#dead) throw this.#dead
  }
}
