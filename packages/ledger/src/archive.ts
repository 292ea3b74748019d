/** The drive of a directory as an audit reads it: its hashes at any length, and its blocks as they are stored. */
import { type Crypto, type FilesHead, treeHash } from '@vms/format'
import { storedBlocks, storedNodes } from './checked-blocks.ts'
import type { Core } from './engine/hypercore.ts'
import { readEntries } from './entries.ts'

/** Nothing here is checked: whoever reads it has a files head to compare with. */
export class DriveArchive {
  #crypto: Crypto
  #cores: { readonly db: Core; readonly blobs: Core }

  constructor(crypto: Crypto, { db, blobs }: { readonly db: Core; readonly blobs: Core }) {
    this.#crypto = crypto
    this.#cores = { db, blobs }
  }

  /** Blocks of the two cores. */
  async lengths(): Promise<Pick<FilesHead, 'dbLength' | 'blobsLength'>> {
    const { db, blobs } = this.#cores
    return { dbLength: db.length, blobsLength: blobs.length }
  }

  /** Tree hashes of the two cores at these lengths; null if the drive is shorter. */
  async hashesAt(dbLength: number, blobsLength: number): Promise<FilesHead | null> {
    const { db, blobs } = this.#cores
    if (db.length < dbLength || blobs.length < blobsLength) return null
    return {
      dbLength,
      dbHash: await this.#hashAt(db, dbLength),
      blobsLength,
      blobsHash: await this.#hashAt(blobs, blobsLength),
    }
  }

  /** The blocks [start, end) of the directory tree (`db`) or of the contents (`blobs`). */
  async *blocks(name: 'db' | 'blobs', start: number, end: number): AsyncGenerator<Uint8Array> {
    const core = this.#cores[name]
    yield* readEntries(storedBlocks(core), storedNodes(core), start, end)
  }

  async #hashAt(core: Core, length: number): Promise<Uint8Array> {
    return length === 0 ? treeHash(this.#crypto, []) : Uint8Array.from(await core.treeHash(length))
  }
}
