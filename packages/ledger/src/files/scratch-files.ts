/**
 * An auditor's own drive: it writes the changes of a replay and gets the tree hashes that an honest host must have. The key differs,
 * the bytes are the same. It syncs nothing: the auditor throws it away or builds it again.
 */
import type {
  Crypto,
  FileChange,
  FileEvent,
  FileStat,
  FilesHead,
  HistoryOptions,
  ListedFile,
} from '@vms/format'
import { type Core, plainManifest, readNodes, skipHints } from '../engine/hypercore.ts'
import { blobsManifest } from '../engine/hyperdrive.ts'
import { type Atom, openCore, openStore, type Store } from '../engine/store.ts'
import { storedBlocks, storedNodes } from '../reading/checked-blocks.ts'
import { readEntries } from '../reading/entries.ts'
import { Drive } from './drive.ts'
import type { DriveReader } from './drive-reader.ts'
import type { DriveGroup } from './files-history.ts'

/** Leaf hashes to read at once. */
const LEAVES_AT_ONCE = 256

/** A drive in a directory of its own, empty at first. */
export class ScratchFiles {
  #store: Store
  #atom: Atom
  #cores: { readonly db: Core; readonly blobs: Core }
  #drive: Drive
  #reader: DriveReader
  #groups: DriveGroup[] = []

  private constructor(
    store: Store,
    atom: Atom,
    cores: { readonly db: Core; readonly blobs: Core },
    drive: Drive,
  ) {
    this.#store = store
    this.#atom = atom
    this.#cores = cores
    this.#drive = drive
    this.#reader = drive.reader(0)
  }

  /** Makes a drive in `directory`, which must be new or empty. */
  static async create(
    directory: string,
    options: { readonly crypto: Crypto },
  ): Promise<ScratchFiles> {
    const store = await openStore(directory)
    const keyPair = await store.createKeyPair('files')
    const db = await openCore(store, { manifest: plainManifest(keyPair.publicKey), keyPair })
    const blobs = await openCore(store, { manifest: blobsManifest(db), keyPair })
    if (db.length > 0) {
      await store.close()
      throw new TypeError(`${directory} has files already`)
    }
    const atom = store.storage.createAtom()
    const session = async (core: Core): Promise<Core> => {
      skipHints(core)
      const writing = core.session({ atom, wait: false, active: false })
      await writing.ready()
      return writing
    }
    const drive = await Drive.open(options.crypto, await session(db), await session(blobs))
    return new ScratchFiles(store, atom, { db, blobs }, drive)
  }

  /** Lengths and tree hashes after the last group. Before the first group they are those of an empty drive with its header. */
  get head(): FilesHead {
    return this.#drive.head
  }

  /**
   * Writes one group as a host does: takes changes in call order and folds them. `version` is the ledger's length when the group began,
   * which {@link history} reports. Call it for groups without changes too, at least for the first group.
   */
  async commit(changes: readonly FileChange[], version: number): Promise<FilesHead> {
    const before = this.#drive.head.dbLength
    await this.#drive.write(changes)
    await this.#atom.flush()
    const { head } = this.#drive
    if (head.dbLength !== before) {
      this.#groups.push({ version, dbStart: before, dbEnd: head.dbLength })
      this.#reader.close().catch(() => {})
      this.#reader = this.#drive.reader(head.dbLength)
    }
    return head
  }

  /** The leaf hashes of the first `length` blocks of one core, in order. */
  async *leafHashes(core: 'db' | 'blobs', length: number): AsyncGenerator<Uint8Array> {
    const written = this.#cores[core]
    for (let start = 0; start < length; start += LEAVES_AT_ONCE) {
      const count = Math.min(LEAVES_AT_ONCE, length - start)
      const indexes = Array.from({ length: count }, (_, i) => 2 * (start + i))
      for (const node of await readNodes(written, indexes)) {
        if (!node) throw new Error('a node of the scratch files is missing')
        yield node.hash
      }
    }
  }

  /** The blocks [start, end) of one core. */
  async *blocks(core: 'db' | 'blobs', start: number, end: number): AsyncGenerator<Uint8Array> {
    const written = this.#cores[core]
    yield* readEntries(storedBlocks(written), storedNodes(written), start, end)
  }

  /** The path of the file whose present contents include block `index` of the blobs core; null if the block belongs to an older version. */
  async fileOfBlock(index: number): Promise<string | null> {
    return await this.#reader.fileOfBlock(index)
  }

  async stat(path: string): Promise<FileStat | null> {
    return await this.#reader.stat(path)
  }

  async read(path: string): Promise<Uint8Array | null> {
    return await this.#reader.read(path)
  }

  async list(path: string, options: { recursive: boolean }): Promise<ListedFile[]> {
    return await this.#reader.list(path, options)
  }

  async history(options: HistoryOptions = {}): Promise<FileEvent[]> {
    return await this.#drive.history(inOrder(this.#groups), options)
  }

  async close(): Promise<void> {
    await this.#reader.close()
    await this.#drive.close()
    await this.#store.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

async function* inOrder(groups: readonly DriveGroup[]): AsyncGenerator<DriveGroup> {
  yield* groups
}
