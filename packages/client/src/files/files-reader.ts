/** Reads the service's files: the newest version, older ones, and changes between them. */
import { decodeEntry, type FilesHead } from '@vms/format'
import { VmsUsageError } from '../errors/errors.ts'
import { verifying } from '../errors/verifying.ts'
import type { BlockReader } from '../reading/block-reader.ts'
import { FilesVersion } from './files-version.ts'
import { keyPath } from './path.ts'
import { decodeTreeBlock } from './tree-block.ts'
import { TreeCache } from './tree-cache.ts'

/** A write or a deletion. */
export interface FileChangeSeen {
  readonly path: string
  readonly type: 'put' | 'del'
}

/** Before the first group there is no file. */
const NOTHING: FilesHead = {
  dbLength: 0,
  dbHash: new Uint8Array(),
  blobsLength: 0,
  blobsHash: new Uint8Array(),
}

export class FilesReader {
  #reader: BlockReader
  #cache: TreeCache
  /** The last version read. */
  #last: { readonly length: number; readonly version: Promise<FilesVersion> } | null = null

  constructor(reader: BlockReader) {
    this.#reader = reader
    this.#cache = new TreeCache(reader)
  }

  /** The files after the group that ends at `length`; by default, after the newest. */
  async version(length: number = this.#reader.head.length): Promise<FilesVersion> {
    if (this.#last?.length === length) return await this.#last.version
    const version = this.#open(length)
    this.#last = { length, version }
    version.catch(() => {
      this.#last = null
    })
    return await version
  }

  /**
   * The changes by the groups between two lengths of the ledger, in the order of their commits. Both lengths are ends of groups; 0 is
   * before the first.
   */
  async changes(from: number, to: number): Promise<FileChangeSeen[]> {
    const start = from === 0 ? NOTHING : await this.#headAt(from)
    const end = await this.#headAt(to)
    // Block 0 is the header.
    const blocks = await Promise.all(
      Array.from({ length: Math.max(0, end.dbLength - Math.max(1, start.dbLength)) }, (_, i) =>
        this.#cache.block(Math.max(1, start.dbLength) + i),
      ),
    )
    return blocks.map((block) => {
      const { key, value } = decodeTreeBlock(block)
      return { path: keyPath(key), type: value ? 'put' : 'del' }
    })
  }

  async #open(length: number): Promise<FilesVersion> {
    return new FilesVersion(this.#reader, this.#cache, await this.#headAt(length))
  }

  /** The files head in the last entry of the group that ends at `length`. */
  async #headAt(length: number): Promise<FilesHead> {
    const held = this.#reader.head
    const { blocks } = await this.#reader.read('log', held, [length - 1, length])
    const { files } = verifying('entries', { held }, () => decodeEntry(blocks[0] as Uint8Array))
    if (!files) {
      // The ledger's end is always the end of a group. If it is not, the host broke the format.
      if (length === held.length)
        throw this.#reader.refuse('files', 'the last entry names no files')
      throw new VmsUsageError('ERR_VMS_NOT_A_GROUP_END', `no group ends at ${length}`, {
        hint: 'take the length after an entry with a files head',
      })
    }
    await this.#cache.align({ length: files.dbLength, treeHash: files.dbHash })
    return files
  }
}
