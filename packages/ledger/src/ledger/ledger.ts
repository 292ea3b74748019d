/**
 * A service's ledger and files in one directory, as their one writer has them.
 *
 * Everything here is durable: lengths, heads and reads follow the last synced group, never one that is being committed. After a
 * failed commit the object is dead: every method rejects with that failure, and no byte leaves. The next process that opens the
 * directory finds the whole group or none of it.
 */
import type { Duplex } from 'node:stream'
import {
  type Crypto,
  decodeEntry,
  type FilesHead,
  fillIndexes,
  firstLeaf,
  type LedgerManifest,
  leafCount,
  pathIndexes,
  type SignedHead,
  type TreeNode,
} from '@vms/format'
import { type Committed, type Group, Writer } from '../commit/writer.ts'
import { discoveryKey, readDriveSigner, serveCore, serveCores } from '../engine/hypercore.ts'
import {
  assertRange,
  commitError,
  GroupRefusedError,
  LedgerClosedError,
  LedgerDamagedError,
  type LedgerError,
  openError,
} from '../errors/errors.ts'
import { DriveArchive } from '../reading/archive.ts'
import { storedNodes } from '../reading/checked-blocks.ts'
import { readEntries, readEntry } from '../reading/entries.ts'
import {
  type BlockQuestion,
  type ProvenBlocks,
  provenBlocks,
  readableCore,
} from '../reading/proven-blocks.ts'
import { watchForks } from '../replication/fork-watch.ts'
import type { SharedStream } from '../replication/replicate-many.ts'
import type { SyncFd } from '../store/durable.ts'
import { sameFiles, signedHead } from '../store/head-record.ts'
import { CommittedFiles, type Reading } from './committed-files.ts'
import type { LedgerPort } from './ledger-port.ts'
import { createService, type GenesisOf, type OpenDirectory, openService } from './open-directory.ts'

export interface LedgerOptions {
  readonly crypto: Crypto
  /** Makes a file's bytes durable; tests pause or fail it. Default: fdatasync. */
  readonly syncFd?: SyncFd
}

/**
 * Milliseconds between learning of a fork and holding the gate: until then, hypercore's evidence can leave for the peer that showed the
 * other history.
 */
const EVIDENCE_MS = 1_000

/** The writer's side of a ledger. Safe for concurrent use; commits queue. */
export class Ledger implements LedgerPort {
  #service: OpenDirectory
  #files: CommittedFiles
  #writer: Writer | null
  #dead: LedgerError | null = null
  #commits: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | null = null
  #head: SignedHead | null
  #filesHead: FilesHead
  /** Settles when the last entry has been compared with the drive; null until the first read of the files. */
  #filesNamed: Promise<void> | null = null

  private constructor(service: OpenDirectory) {
    this.#service = service
    const { last, drive, heads } = service
    this.#head = last && signedHead(last)
    this.#filesHead = last?.files ?? drive.head
    const readFiles: Reading = service.writing
      ? (read) => this.#reading(read)
      : async (read) => {
          await this.#assertFilesNamed()
          return await this.#reading(read)
        }
    this.#files = new CommittedFiles(drive, heads, readFiles)
    const { key, manifest } = service
    const signer = readDriveSigner(service.db)
    for (const name of ['log', 'db', 'blobs'] as const) {
      const files = name === 'log' || !signer ? null : { core: name, signer }
      // After a peer shows another history that our key signed, stop replicating this one.
      watchForks(
        service[name],
        service.crypto,
        () => (name === 'log' || files ? { key, manifest, files } : null),
        (error) => this.#forked(error),
      )
    }
    const { writing, published } = service
    this.#writer = writing && published && new Writer({ ...service, cores: writing, published })
  }

  /**
   * Makes a ledger in `directory`. `genesis` takes the public key that signs the ledger's heads, and returns block 0 (an encoded entry).
   * The ledger's length is 0 until the first commit, which must begin with that entry. A directory without a first commit is made anew.
   * Throws `ERR_VMS_LEDGER_EXISTS`, `ERR_VMS_LEDGER_LOCKED`, `ERR_VMS_DISK_FULL`, `ERR_VMS_DIRECTORY`, `ERR_VMS_LEDGER_DAMAGED`.
   */
  static async create(
    directory: string,
    options: LedgerOptions & { readonly genesis: GenesisOf },
  ): Promise<Ledger> {
    try {
      return new Ledger(await createService(directory, options))
    } catch (cause) {
      throw openError(directory, cause)
    }
  }

  /**
   * Opens the ledger in `directory`. `readOnly` writes nothing, takes no lock, and refuses only if a live process of
   * this machine says that it has the directory open: for auditing a stopped directory or a copy of one.
   *
   * Throws `ERR_VMS_NO_LEDGER`, `ERR_VMS_LEDGER_LOCKED`, `ERR_VMS_LEDGER_MOVED`, `ERR_VMS_LEDGER_DAMAGED`,
   * `ERR_VMS_DIRECTORY`.
   */
  static async open(
    directory: string,
    options: LedgerOptions & { readonly readOnly?: boolean },
  ): Promise<Ledger> {
    try {
      return new Ledger(await openService(directory, options))
    } catch (cause) {
      throw openError(directory, cause)
    }
  }

  get directory(): string {
    return this.#service.directory
  }

  /** The ledger's public key, which a `vms://` URL contains. */
  get key(): Uint8Array {
    return this.#service.key
  }

  /** The files' public key, which a `hyper://` URL contains. */
  get filesKey(): Uint8Array {
    return this.#service.manifest.filesKey
  }

  /** What the ledger's key commits to. */
  get manifest(): LedgerManifest {
    return this.#service.manifest
  }

  /** Topics under which peers can find the ledger and the files. */
  get topics(): Uint8Array[] {
    return [discoveryKey(this.#service.log), discoveryKey(this.#service.db)]
  }

  /** Number of durable entries. */
  get length(): number {
    return this.#head?.length ?? 0
  }

  /** Bytes of the ledger and its files. Both are append-only, so the number only grows. */
  get storedBytes(): number {
    const { log, db, blobs } = this.#service
    return log.byteLength + db.byteLength + blobs.byteLength
  }

  /** The last durable group's signed head. Throws RangeError before the first commit. */
  get head(): SignedHead {
    if (!this.#head) throw new RangeError('nothing is committed yet')
    return this.#head
  }

  /** Lengths and tree hashes of the drive at {@link head}. */
  get filesHead(): FilesHead {
    return this.#filesHead
  }

  /** The drive as an audit reads it. */
  get archive(): DriveArchive {
    return new DriveArchive(this.#service)
  }

  /** The files as of {@link head}. */
  get files(): CommittedFiles {
    return this.#files
  }

  /** Bytes of entry `index`. Throws `ERR_VMS_OUT_OF_RANGE`, `ERR_VMS_LEDGER_DAMAGED`. */
  async get(index: number): Promise<Uint8Array> {
    this.#assertAlive()
    assertRange(index, index + 1, this.length)
    return await this.#reading(() => readEntry(this.#service.readLog, index))
  }

  /** Bytes of the entries [start, end), read ahead in batches. Throws `ERR_VMS_OUT_OF_RANGE`, `ERR_VMS_LEDGER_DAMAGED`. */
  entries(start = 0, end = this.length): AsyncGenerator<Uint8Array> {
    this.#assertAlive()
    assertRange(start, end, this.length)
    return this.#entries(start, end)
  }

  async *#entries(start: number, end: number): AsyncGenerator<Uint8Array> {
    try {
      const { readLog, log } = this.#service
      yield* readEntries(readLog, storedNodes(log), start, end)
    } catch (cause) {
      throw this.#dead ?? openError(this.directory, cause)
    }
  }

  /** The signed head of the group that ends at `length`; null if none ends there. */
  async groupEnd(length: number): Promise<SignedHead | null> {
    this.#assertAlive()
    if (length === this.#head?.length) return this.#head
    if (!Number.isSafeInteger(length) || length < 1 || length > this.length) return null
    const record = await this.#service.heads.get(length)
    return record && signedHead(record)
  }

  /**
   * Commits one group: entries and file changes in one write and one sync. Resolves when the group is durable.
   * Rejects with `ERR_VMS_DISK_FULL` or `ERR_VMS_COMMIT_FAILED`; the ledger is dead then. With `ERR_VMS_GROUP_REFUSED` it can be read.
   */
  async commit(group: Group): Promise<Committed> {
    const commit = this.#commits.then(() => this.#commit(group))
    this.#commits = commit.catch(() => {})
    return commit
  }

  async #commit(group: Group): Promise<Committed> {
    this.#assertAlive()
    if (!this.#writer) throw new TypeError('the ledger is open for reading only')
    if (group.entries.length === 0) throw new TypeError('a group has at least one entry')
    try {
      return await this.#writer.commit(group, (committed) => {
        this.#head = committed.head
        this.#filesHead = committed.filesHead
        this.#files.advance(committed.filesHead.dbLength)
      })
    } catch (cause) {
      if (cause instanceof GroupRefusedError && !this.#dead) throw cause
      throw this.#die(this.#dead ?? commitError(this.directory, cause))
    }
  }

  /**
   * hypercore has just answered the peer with the head that contradicts the peer's history. Lets that evidence leave before the gate holds.
   */
  #forked(error: LedgerError): void {
    this.#dead ??= error
    setTimeout(() => this.#service.gate.hold(), EVIDENCE_MS).unref()
  }

  #die(error: LedgerError): LedgerError {
    this.#service.gate.hold()
    this.#dead ??= error
    return this.#dead
  }

  /** The nodes that a holder of the roots at `from` appends to get the roots at `to`; from 0, the roots at `to`. */
  async consistency(from: number, to = this.length): Promise<TreeNode[]> {
    this.#assertAlive()
    assertRange(from, to, this.length)
    return await this.#service.tree.nodes(fillIndexes(from, to))
  }

  /**
   * The siblings from entry `index` up to, and without, the node `top` (a flat index) that covers it: a node of a
   * consistency proof, or a root.
   */
  async path(index: number, top: number): Promise<TreeNode[]> {
    this.#assertAlive()
    const start = firstLeaf(top)
    assertRange(start, start + leafCount(top), this.length)
    if (index < start || index >= start + leafCount(top)) {
      throw new RangeError(`node ${top} does not cover entry ${index}`)
    }
    return await this.#service.tree.nodes(pathIndexes(index, top))
  }

  /** Blocks of one core, or as many of them as `limits` allow, with what proves them. Throws `ERR_VMS_OUT_OF_RANGE`. */
  async blocks(...[name, range, limits]: BlockQuestion): Promise<ProvenBlocks> {
    const core = readableCore(this.#service, name, this.length, this.#filesHead)
    return await this.#reading(() => provenBlocks(core, range, limits))
  }

  /**
   * A stream that replicates ledger and files to a peer that knows their keys. `transport` is an encrypted connection
   * (hyperswarm's), or whether this side speaks first over whatever the returned stream is piped to. Nothing of a group
   * passes before it is durable.
   */
  replicate(transport: boolean | Duplex): Duplex {
    this.#assertAlive()
    const { log, db, blobs, gate } = this.#service
    return serveCores([log, db, blobs], transport, ({ inner }) => gate.attach(inner))
  }

  /**
   * Serves the ledger's core with this discovery key on a stream that several ledgers share; false if the ledger has no such core. Closing
   * the ledger ends the stream.
   */
  replicateOn(stream: SharedStream, discoveryKey: Uint8Array): boolean {
    this.#assertAlive()
    const { log, db, blobs, gate } = this.#service
    gate.attach(stream)
    return serveCore([log, db, blobs], stream, discoveryKey)
  }

  /** Finishes the commit in hand, ends replication and releases the directory. */
  close(): Promise<void> {
    // Close once: by a second time, the descriptor may belong to another file.
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#commits
    this.#dead ??= new LedgerClosedError()
    await this.#files.close()
    await this.#service.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Runs a read of the durable data and types its error: a bad disk shows only when the damaged part is read. */
  async #reading<T>(read: () => Promise<T>): Promise<T> {
    this.#assertAlive()
    try {
      return await read()
    } catch (cause) {
      throw this.#dead ?? openError(this.directory, cause)
    }
  }

  /** Checks the drive's length against the last entry, which the head signs. The record of heads carries no signature. */
  async #assertFilesNamed(): Promise<void> {
    this.#filesNamed ??= this.get(this.length - 1).then((block) => {
      const { files } = decodeEntry(block)
      if (files && sameFiles(files, this.#filesHead)) return
      throw new LedgerDamagedError(
        this.directory,
        'its files differ from those that the last entry names',
      )
    })
    await this.#filesNamed
  }

  #assertAlive(): void {
    if (this.#dead) throw this.#dead
  }
}
