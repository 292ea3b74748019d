/**
 * The files of a service as a drive: one B-tree batch per group, with the exact bytes that plain hyperdrive writes for
 * the same batch. `docs/spec/files.md` has the layout. An auditor that replays the same groups gets the same bytes.
 *
 * A drive is two cores, db (the tree) and blobs (the contents). The ledger passes both in, as sessions of one atom, so
 * that a group reaches the disk together with the ledger or not at all.
 */
import type { Crypto, FileChange, FileEvent, FilesHead, HistoryOptions } from '@vms/format'
import { treeHash } from '@vms/format'
import type { Core } from '../engine/hypercore.ts'
import { checkedBlocks, type ReadBlocks, storedBlocks } from '../reading/checked-blocks.ts'
import { foldChanges } from './changes.ts'
import { DriveReader } from './drive-reader.ts'
import { type BlobId, directoryValue, fileValue, pathKey } from './file-entry.ts'
import { type DriveGroup, readHistory } from './files-history.ts'
import { type Bee, openBee } from './hyperbee.ts'

/** Bytes of a blob's block. Part of the format: another size gives other tree hashes. */
const BLOB_BLOCK_BYTES = 65_536

/** Length of a db core that holds the header and no entry. */
const HEADER_LENGTH = 1

/** Writes groups to a drive and reads any version of it. One writer; not safe for concurrent writes. */
export class Drive {
  #crypto: Crypto
  #db: Core
  #blobs: Core
  #bee: Bee
  #readContents: ReadBlocks

  private constructor(crypto: Crypto, db: Core, blobs: Core, bee: Bee, contents: ReadBlocks) {
    this.#crypto = crypto
    this.#db = db
    this.#blobs = blobs
    this.#bee = bee
    this.#readContents = contents
  }

  /** Opens the drive of a host or an auditor, in a store that only this process writes to. */
  static async open(crypto: Crypto, db: Core, blobs: Core): Promise<Drive> {
    const bee = openBee(db)
    await bee.ready()
    return new Drive(crypto, db, blobs, bee, storedBlocks(blobs))
  }

  /** Opens a drive for reading only, from a store that another program may have written to. Each read checks its block. */
  static async openChecked(crypto: Crypto, db: Core, blobs: Core): Promise<Drive> {
    const bee = openBee(db, checkedBlocks(crypto, db, 'block of the directory tree'))
    await bee.ready()
    return new Drive(crypto, db, blobs, bee, checkedBlocks(crypto, blobs, 'block of the contents'))
  }

  /** Lengths and tree hashes of all blocks written so far. */
  get head(): FilesHead {
    return {
      dbLength: this.#db.length,
      dbHash: treeHash(this.#crypto, this.#db.state.roots),
      blobsLength: this.#blobs.length,
      blobsHash: treeHash(this.#crypto, this.#blobs.state.roots),
    }
  }

  /**
   * Writes the changes of one group, given in call order: the last one per path, in the order of the paths' UTF-8
   * bytes. The first group writes the tree's header as well, whether it changes files or not.
   */
  async write(changes: readonly FileChange[]): Promise<void> {
    const folded = foldChanges(changes)
    if (this.#db.length >= HEADER_LENGTH && folded.length === 0) return
    const batch = this.#bee.batch()
    if (this.#db.length < HEADER_LENGTH) await batch.getRoot(true)
    const blocks: Uint8Array[] = []
    let byteOffset = this.#blobs.byteLength
    for (const change of folded) {
      const key = pathKey(change.path)
      if (change.kind === 'deleted') {
        await batch.del(key)
      } else if (change.kind === 'directory') {
        await batch.put(key, directoryValue(change.mtime))
      } else {
        const blob: BlobId = {
          blockOffset: this.#blobs.length + blocks.length,
          byteOffset,
          blockLength: Math.ceil(change.data.length / BLOB_BLOCK_BYTES),
          byteLength: change.data.length,
        }
        cut(change.data, blocks)
        byteOffset += change.data.length
        await batch.put(key, fileValue(blob, change.mtime))
      }
    }
    await Promise.all([blocks.length > 0 && this.#blobs.append(blocks), batch.flush()])
  }

  /** Reads the drive as it was when the db core had `dbLength` blocks. */
  reader(dbLength: number): DriveReader {
    return new DriveReader(this.#bee, this.#readContents, dbLength)
  }

  /** The writes and deletions in `groups`. */
  async history(groups: AsyncIterable<DriveGroup>, options: HistoryOptions): Promise<FileEvent[]> {
    return await readHistory(this.#bee, groups, options)
  }

  async close(): Promise<void> {
    await this.#bee.close()
  }
}

function cut(data: Uint8Array, blocks: Uint8Array[]): void {
  for (let at = 0; at < data.length; at += BLOB_BLOCK_BYTES) {
    const part = data.subarray(at, at + BLOB_BLOCK_BYTES)
    blocks.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength))
  }
}
