/**
 * A replica: reads another host's ledger and files by the ledger's key, from any peer, and trusts none. hypercore checks every
 * block against the signed tree. A replica never follows a fork. If the host rewrites history, the length stops growing or a head
 * does not fit; the caller compares them.
 */
import type { Duplex } from 'node:stream'
import {
  type Crypto,
  type FilesHead,
  fillIndexes,
  type LedgerManifest,
  pathIndexes,
  type SignedHead,
  sameBytes,
  type TreeNode,
} from '@vms/format'
import { type SignedFiles, type SignedTree, signedTree } from '../cores/signed-tree.ts'
import {
  type Core,
  discoveryKey,
  type HypercoreNoiseStream,
  headSignature,
  readDriveSigner,
  readLedgerManifest,
  readNodes,
} from '../engine/hypercore.ts'
import { blobsKey } from '../engine/hyperdrive.ts'
import { openCore, openStore, type Store } from '../engine/store.ts'
import {
  GenesisMismatchError,
  NotALedgerError,
  OutOfRangeError,
  UnreachableError,
} from '../errors/errors.ts'
import type { ForkedError, ForkedFiles } from '../errors/fork-errors.ts'
import { storedBlocks, storedNodes } from '../reading/checked-blocks.ts'
import { readEntries, readEntry } from '../reading/entries.ts'
import { fullDisk } from '../store/disk-space.ts'
import { DOWNLOAD_BUDGETS, type DownloadBudgets, DownloadMonitor } from './download-monitor.ts'
import { catchUp, download, downloadPieces, SILENCE_MS } from './following.ts'
import { type Belonging, watchForks } from './fork-watch.ts'

export interface ReplicaOptions {
  readonly key: Uint8Array
  /** Directory for the downloaded data. Not synced. Created if missing. A later replica may continue in it. */
  readonly directory: string
  readonly crypto: Crypto
  /**
   * Whether to accept a ledger whose key does not commit to its block 0, which the caller then has to judge. By default {@link
   * Replica.update} throws for it.
   */
  readonly anyGenesis?: boolean
  /** Budgets of the download. Default: {@link DOWNLOAD_BUDGETS}. */
  readonly budgets?: Partial<DownloadBudgets>
  /** Bytes that the connections have carried so far. Default: bytes received over the streams of {@link Replica.replicate}. */
  readonly received?: () => number
}

export interface WaitOptions {
  /** Milliseconds to wait for a peer and for its first message. Default {@link SILENCE_MS}. */
  readonly timeoutMs?: number
}

export interface UpdateOptions extends WaitOptions {
  /** Least length to wait for, in entries, for a caller who knows that they exist. Default 1. */
  readonly atLeast?: number
}

export interface DownloadOptions {
  /** Called with the number of requested entries that have arrived, and the number requested. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Blocks of a drive's two cores. */
export type FilesLengths = Pick<FilesHead, 'dbLength' | 'blobsLength'>

interface FilesCores {
  readonly db: Core
  /** The core of the contents; null until data of the db has arrived, because the db names it. */
  blobs: Core | null
}

/** A local, partial copy of a ledger that another host writes. */
export class Replica {
  #store: Store
  #crypto: Crypto
  #anyGenesis: boolean
  #log: Core
  #manifest: LedgerManifest | null = null
  #files: FilesCores | null = null
  #forked: ForkedError | null = null
  #fork = Promise.withResolvers<never>()
  readonly #pace: DownloadMonitor
  #streams = new Set<HypercoreNoiseStream>()
  /** Bytes received over streams that have ended. */
  #ended = 0

  private constructor(store: Store, log: Core, options: ReplicaOptions) {
    this.#store = store
    this.#crypto = options.crypto
    this.#anyGenesis = options.anyGenesis ?? false
    this.#log = log
    this.#pace = new DownloadMonitor(
      { ...DOWNLOAD_BUDGETS, ...options.budgets },
      options.received ?? (() => this.receivedBytes),
      { whyStalled: () => fullDisk(options.directory) },
    )
    this.#fork.promise.catch(() => {})
    this.#watch(log, () => this.#belonging(null))
  }

  /** Bytes received over the streams of {@link replicate}: blocks, proofs and everything else. */
  get receivedBytes(): number {
    return [...this.#streams].reduce((sum, { rawBytesRead }) => sum + rawBytesRead, this.#ended)
  }

  #belonging(core: ForkedFiles['core'] | null): Belonging | null {
    const manifest = readLedgerManifest(this.#log)
    if (!manifest) return null
    const { key } = this
    if (!core) return { key, manifest, files: null }
    const signer = this.#files && readDriveSigner(this.#files.db)
    return signer && { key, manifest, files: { core, signer } }
  }

  #watch(core: Core, belonging: () => Belonging | null): void {
    core.on('download', (_, bytes) => this.#pace.arrived(bytes))
    watchForks(core, this.#crypto, belonging, (error) => {
      this.#forked ??= error
      this.#fork.reject(error)
    })
  }

  // hypercore closes a forked core while readers wait for it.
  async #unlessForked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await Promise.race([this.#fork.promise, work()])
    } catch (error) {
      // Wait until the proof has been read from the store.
      await this.#forked?.proof
      throw this.#forked ?? error
    }
  }

  /** Opens the replica of the ledger `key` in the directory, which is empty at first. Downloads nothing before {@link update}. */
  static async open(options: ReplicaOptions): Promise<Replica> {
    const store = await openStore(options.directory)
    const log = await openCore(store, { key: Buffer.from(options.key) })
    return new Replica(store, log, options)
  }

  /** The ledger's public key. */
  get key(): Uint8Array {
    return Uint8Array.from(this.#log.key)
  }

  /** Topics under which peers who have it can be found: the ledger's. */
  get topics(): Uint8Array[] {
    return [discoveryKey(this.#log)]
  }

  /** Number of entries that a verified head covers, including entries not downloaded yet. */
  get length(): number {
    return this.#log.length
  }

  /** The newest head that was seen, with the host's signature; null before {@link update}. */
  get head(): SignedHead | null {
    if (this.#log.length === 0) return null
    return {
      length: this.#log.length,
      treeHash: Uint8Array.from(this.#log.state.hash()),
      signature: headSignature(this.#log),
    }
  }

  /** What the key commits to. Throws RangeError before {@link update}. */
  get manifest(): LedgerManifest {
    if (!this.#manifest) throw new RangeError('nothing of the ledger has arrived yet')
    return this.#manifest
  }

  /** Replicates over a stream: see `Ledger.replicate`. */
  replicate(transport: boolean | Duplex): Duplex {
    const stream = this.#store.replicate(transport)
    const { noiseStream } = stream
    this.#streams.add(noiseStream)
    stream.once('close', () => {
      if (this.#streams.delete(noiseStream)) this.#ended += noiseStream.rawBytesRead
    })
    return stream
  }

  /** Bytes downloaded so far: blocks, proofs and everything else. */
  get downloadedBytes(): number {
    return this.#pace.bytes
  }

  /** Bytes of blocks among the downloaded bytes. */
  get blockBytes(): number {
    return this.#pace.blockBytes
  }

  /**
   * Waits for a peer and the length that it announces; returns that length, in entries. A peer announces growth a moment later, so a
   * caller that expects a length passes `atLeast`. The first update fetches the genesis and checks it against the key.
   *
   * Throws `ERR_VMS_UNREACHABLE`, `ERR_VMS_NOT_A_LEDGER`, `ERR_VMS_GENESIS_MISMATCH`,
   * `ERR_VMS_FORKED`.
   */
  async update(options: UpdateOptions = {}): Promise<number> {
    const timeoutMs = options.timeoutMs ?? SILENCE_MS
    return await this.#unlessForked(async () => {
      await catchUp(this.#log, options.atLeast ?? 1, 'the ledger', timeoutMs)
      if (!this.#manifest) await this.#identify()
      return this.#log.length
    })
  }

  async #identify(): Promise<void> {
    const manifest = readLedgerManifest(this.#log)
    if (!manifest) throw new NotALedgerError(this.key, 'its manifest is of another kind')
    await download(this.#log, 0, 1, 'the genesis', this.#pace)
    const genesis = await readEntry(storedBlocks(this.#log), 0)
    const committed = sameBytes(this.#crypto.hash(genesis), manifest.genesisHash)
    if (!committed && !this.#anyGenesis) throw await this.#genesisMismatch(manifest, genesis)
    const db = await openCore(this.#store, { key: Buffer.from(manifest.filesKey) })
    this.#watch(db, () => this.#belonging('db'))
    this.#files = { db, blobs: null }
    this.#manifest = manifest
  }

  async #genesisMismatch(
    manifest: LedgerManifest,
    genesis: Uint8Array,
  ): Promise<GenesisMismatchError> {
    const head = this.head as SignedHead
    const roots = await this.roots(head.length)
    const path = await readNodes(this.#log, pathIndexes(0, roots[0]?.index ?? 0))
    return new GenesisMismatchError(this.key, {
      manifest,
      head,
      genesis,
      path: path.flatMap((node) => node ?? []),
      roots,
    })
  }

  /** Bytes of entry `index`, downloaded if need be. */
  async get(index: number): Promise<Uint8Array> {
    this.#assertRange(index, index + 1)
    return await this.#unlessForked(async () => {
      await download(this.#log, index, index + 1, `entry ${index}`, this.#pace)
      return await readEntry(storedBlocks(this.#log), index)
    })
  }

  /**
   * Bytes of the entries [start, end), downloaded as needed, some ahead. Throws `ERR_VMS_OUT_OF_RANGE`,
   * `ERR_VMS_UNREACHABLE`, `ERR_VMS_BUDGET_EXCEEDED`, `ERR_VMS_FORKED`.
   */
  async *entries(
    start = 0,
    end = this.length,
    options: DownloadOptions = {},
  ): AsyncGenerator<Uint8Array> {
    this.#assertRange(start, end)
    yield* this.#blocks(this.#log, start, end, 'entry', options)
  }

  async *#blocks(
    core: Core,
    start: number,
    end: number,
    what: string,
    options: DownloadOptions,
  ): AsyncGenerator<Uint8Array> {
    const wait = (arrived: Promise<void>): Promise<void> => this.#unlessForked(() => arrived)
    for await (const piece of downloadPieces(core, [start, end], what, this.#pace, wait)) {
      options.onProgress?.(piece.end - start, end - start)
      yield* readEntries(storedBlocks(core), storedNodes(core), piece.start, piece.end)
    }
  }

  /**
   * The nodes that fill [from, to) of the tree. Together with the entries before `from` they lead to the head of `to` entries. Null if this
   * replica lacks one.
   */
  async subtrees(from: number, to: number): Promise<TreeNode[] | null> {
    const nodes = await readNodes(this.#log, fillIndexes(from, to))
    const found = nodes.flatMap((node) => (node ? [plainNode(node)] : []))
    return found.length === nodes.length ? found : null
  }

  /** The nodes that make up the tree of `length` entries: its roots. */
  async roots(length = this.length): Promise<TreeNode[]> {
    this.#assertRange(0, length)
    if (length > 0) await this.get(length - 1)
    const nodes = await this.subtrees(0, length)
    if (!nodes) throw new UnreachableError(`the tree of ${length} entries`, 0)
    return nodes
  }

  /**
   * The drive's trees at these lengths, with the drive's own signed heads. Downloads the last block before each, not the rest.
   * Throws `ERR_VMS_UNREACHABLE` if no peer proves a drive of these lengths in time.
   */
  async filesTrees(
    dbLength: number,
    blobsLength: number,
    options: WaitOptions = {},
  ): Promise<SignedFiles> {
    const files = this.#openedFiles()
    const timeoutMs = options.timeoutMs ?? SILENCE_MS
    return await this.#unlessForked(async () => {
      const db = await this.#signedTree(files.db, dbLength, 'the files', timeoutMs)
      // A drive without contents may have no core of the contents yet.
      const blobs =
        blobsLength === 0
          ? null
          : await this.#signedTree(await this.#blobs(files), blobsLength, 'the contents', timeoutMs)
      return { signer: readDriveSigner(files.db), db, blobs }
    })
  }

  /**
   * Blocks of the drive's two cores that the drive's own signatures cover, as the peers announce now. Throws `ERR_VMS_UNREACHABLE`,
   * `ERR_VMS_FORKED`.
   */
  async filesLengths(options: WaitOptions = {}): Promise<FilesLengths> {
    const files = this.#openedFiles()
    const timeoutMs = options.timeoutMs ?? SILENCE_MS
    return await this.#unlessForked(async () => {
      await catchUp(files.db, 1, 'the files', timeoutMs)
      const blobs = await this.#blobs(files)
      await catchUp(blobs, 0, 'the contents', timeoutMs)
      return { dbLength: files.db.length, blobsLength: blobs.length }
    })
  }

  /**
   * The blocks [start, end) of the drive's tree (`db`) or of its contents (`blobs`), downloaded as needed. Throws
   * `ERR_VMS_UNREACHABLE`, `ERR_VMS_FORKED`.
   */
  async *fileBlocks(
    name: 'db' | 'blobs',
    start: number,
    end: number,
    options: DownloadOptions = {},
  ): AsyncGenerator<Uint8Array> {
    const files = this.#openedFiles()
    const core = name === 'db' ? files.db : await this.#blobs(files)
    const what = name === 'db' ? 'block of the directory tree' : 'block of the contents'
    yield* this.#blocks(core, start, end, what, options)
  }

  async #signedTree(
    core: Core,
    length: number,
    what: string,
    timeoutMs: number,
  ): Promise<SignedTree> {
    if (core.length < length) await catchUp(core, length, what, timeoutMs)
    // The proof of the last block before `length` brings the sibling nodes of its path: they are the nodes of the two trees.
    if (length > 0) await download(core, length - 1, length, `the end of ${what}`, this.#pace)
    const tree = await signedTree(core, length)
    if (!tree) throw new UnreachableError(`the tree of ${what}`, 0)
    return tree
  }

  #openedFiles(): FilesCores {
    if (!this.#files) throw new RangeError('nothing of the ledger has arrived yet')
    return this.#files
  }

  async #blobs(files: FilesCores): Promise<Core> {
    if (!files.blobs) {
      files.blobs = await openCore(this.#store, { key: blobsKey(files.db) })
      this.#watch(files.blobs, () => this.#belonging('blobs'))
    }
    return files.blobs
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #assertRange(start: number, end: number): void {
    if (this.#forked) throw this.#forked
    if (!Number.isSafeInteger(start) || start < 0) throw new OutOfRangeError(start, this.length)
    if (!Number.isSafeInteger(end) || end < start || end > this.length) {
      throw new OutOfRangeError(Math.max(start, end - 1), this.length)
    }
  }
}

function plainNode({ index, size, hash }: TreeNode): TreeNode {
  return { index, size, hash: Uint8Array.from(hash) }
}
