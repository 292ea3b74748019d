/** The files of a peer by their `hyper://` key: any hyperdrive, from any peer, block by block as the reader reads them. */

import type { Duplex } from 'node:stream'
import type { FileStat, ListedFile } from '@vms/format'
import { compareUtf8 } from '@vms/format'
import { type Core, discoveryKey } from '../engine/hypercore.ts'
import { blobsKey, openPlainDrive, type PlainDrive } from '../engine/hyperdrive.ts'
import { openCore, openStore, type Store } from '../engine/store.ts'
import { valueStat } from '../files/file-entry.ts'
import { fullDisk } from '../store/disk-space.ts'
import { DOWNLOAD_BUDGETS, type DownloadBudgets, DownloadMonitor } from './download-monitor.ts'
import { catchUp } from './following.ts'

export interface RemoteFilesOptions {
  readonly key: Uint8Array
  /** Directory for the downloaded data. Not synced. Created if missing. */
  readonly directory: string
  /** Budgets of the download. Default: {@link DOWNLOAD_BUDGETS}. */
  readonly budgets?: Partial<DownloadBudgets>
  /** Bytes that the connections have carried, incomplete blocks included. Default: those of blocks. */
  readonly received?: () => number
}

/** Reads a drive that another host writes. */
export class RemoteFiles {
  #store: Store
  #db: Core
  #drive: PlainDrive | null = null
  readonly #pace: DownloadMonitor

  private constructor(
    store: Store,
    db: Core,
    { budgets, received, directory }: RemoteFilesOptions,
  ) {
    this.#store = store
    this.#db = db
    const carried = received ?? (() => this.#pace.blockBytes)
    this.#pace = new DownloadMonitor({ ...DOWNLOAD_BUDGETS, ...budgets }, carried, {
      whyStalled: () => fullDisk(directory),
    })
    this.#count(db)
  }

  #count(core: Core): void {
    core.on('download', (_, bytes) => this.#pace.arrived(bytes))
  }

  static async open(options: RemoteFilesOptions): Promise<RemoteFiles> {
    const store = await openStore(options.directory)
    return new RemoteFiles(store, await openCore(store, { key: Buffer.from(options.key) }), options)
  }

  get key(): Uint8Array {
    return Uint8Array.from(this.#db.key)
  }

  /** Bytes of blocks that were downloaded so far. */
  get blockBytes(): number {
    return this.#pace.blockBytes
  }

  /** Topics under which peers who have the files can be found. */
  get topics(): Uint8Array[] {
    return [discoveryKey(this.#db)]
  }

  /** Replicates over a stream: see `Ledger.replicate`. */
  replicate(transport: boolean | Duplex): Duplex {
    return this.#store.replicate(transport)
  }

  /** Waits for a peer and for the newest version that it has. Throws `ERR_VMS_UNREACHABLE`. */
  async update(): Promise<void> {
    await catchUp(this.#db, 1, 'the files', this.#pace.budgets.silenceMs)
    if (this.#drive) return
    // Open the core before hyperdrive does: hyperdrive would let it follow forks.
    this.#count(await openCore(this.#store, { key: blobsKey(this.#db) }))
    this.#drive = openPlainDrive(this.#store, this.#db.key)
    await this.#drive.ready()
  }

  /** The stat of the file or directory at `path`; null if there is none. A directory without an entry of its own has none: see {@link list}. */
  async stat(path: string): Promise<FileStat | null> {
    const entry = await this.#wait(async (drive) => await drive.entry(path))
    return entry && valueStat(entry.value)
  }

  /** Bytes of the file at `path`, null if there is no file. */
  async read(path: string): Promise<Uint8Array | null> {
    const stat = await this.stat(path)
    this.#pace.mustFit(stat?.size ?? 0)
    const data = await this.#wait(async (drive) => await drive.get(path))
    return data && Uint8Array.from(data)
  }

  /**
   * The items of the directory `path`, ordered by UTF-8 bytes, all descendants if `recursive`. Directories of other
   * programs' drives, which have no entry, are listed as such with time 0.
   */
  async list(path: string, options: { readonly recursive: boolean }): Promise<ListedFile[]> {
    const prefix = path === '/' ? '/' : `${path}/`
    const listed = new Map<string, FileStat>()
    await this.#wait(async (drive) => {
      for await (const entry of drive.list(path, { recursive: options.recursive })) {
        const rest = entry.key.slice(prefix.length)
        const slash = options.recursive ? -1 : rest.indexOf('/')
        const name = slash === -1 ? rest : rest.slice(0, slash)
        if (slash === -1) listed.set(name, valueStat(entry.value))
        else if (!listed.has(name)) listed.set(name, { kind: 'directory', size: 0, mtime: 0 })
      }
    })
    return [...listed]
      .map(([name, stat]) => ({ name, stat }))
      .sort((a, b) => compareUtf8(a.name, b.name))
  }

  async close(): Promise<void> {
    // The drive closes its store with it.
    await (this.#drive ?? this.#store).close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Throws `ERR_VMS_BUDGET_EXCEEDED`, and `ERR_VMS_UNREACHABLE` where nothing comes. */
  async #wait<T>(read: (drive: PlainDrive) => Promise<T>): Promise<T> {
    const drive = this.#drive
    if (!drive) throw new RangeError('nothing of the files has arrived yet: call update() first')
    const done = await this.#pace.wait(read(drive), 'a part of the files')
    // The monitor checks only every few hundred milliseconds. A peer may have sent too much since its last check.
    this.#pace.mustFit(0)
    return done
  }
}
