/** Somebody's files by their `hyper://` key: any hyperdrive, from any peer, block by block as they are read. */
import type { Duplex } from 'node:stream'
import { compareUtf8 } from '@vms/format'
import type { ListedFile } from './drive-reader.ts'
import { type Core, discoveryKey } from './engine/hypercore.ts'
import { blobsKey, openPlainDrive, type PlainDrive } from './engine/hyperdrive.ts'
import { openCore, openStore, type Store } from './engine/store.ts'
import { type FileStat, valueStat } from './file-entry.ts'
import { bounded, catchUp, SILENCE_MS } from './following.ts'
import type { WaitOptions } from './replica.ts'

export interface RemoteFilesOptions {
  readonly key: Uint8Array
  /** Where to keep what is downloaded. Not synced; made if need be. */
  readonly directory: string
}

/** Reads a drive that somebody else writes. */
export class RemoteFiles {
  #store: Store
  #db: Core
  #drive: PlainDrive | null = null

  private constructor(store: Store, db: Core) {
    this.#store = store
    this.#db = db
  }

  static async open(options: RemoteFilesOptions): Promise<RemoteFiles> {
    const store = await openStore(options.directory)
    return new RemoteFiles(store, await openCore(store, { key: Buffer.from(options.key) }))
  }

  get key(): Uint8Array {
    return Uint8Array.from(this.#db.key)
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
  async update(options: WaitOptions = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? SILENCE_MS
    await catchUp(this.#db, 1, 'the files', timeoutMs)
    if (this.#drive) return
    // Before hyperdrive opens it, and would follow forks.
    await openCore(this.#store, { key: blobsKey(this.#db) })
    this.#drive = openPlainDrive(this.#store, this.#db.key)
    await this.#drive.ready()
  }

  /** What is at `path`, null if nothing. A directory that has no entry of its own is none here: see {@link list}. */
  async stat(path: string, options: WaitOptions = {}): Promise<FileStat | null> {
    const entry = await this.#wait(async (drive) => await drive.entry(path), options)
    return entry && valueStat(entry.value)
  }

  /** Bytes of the file at `path`, null if there is no file. */
  async read(path: string, options: WaitOptions = {}): Promise<Uint8Array | null> {
    const data = await this.#wait(async (drive) => await drive.get(path), options)
    return data && Uint8Array.from(data)
  }

  /**
   * What is in the directory `path`, ordered by UTF-8 bytes, all descendants if `recursive`. Directories of other
   * programs' drives, which have no entry, are listed as such with time 0.
   */
  async list(
    path: string,
    options: WaitOptions & { readonly recursive: boolean },
  ): Promise<ListedFile[]> {
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
    }, options)
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

  async #wait<T>(read: (drive: PlainDrive) => Promise<T>, options: WaitOptions): Promise<T> {
    const drive = this.#drive
    if (!drive) throw new RangeError('nothing of the files has arrived yet: call update() first')
    return await bounded(
      async () => await read(drive),
      'a part of the files',
      options.timeoutMs ?? SILENCE_MS,
    )
  }
}
