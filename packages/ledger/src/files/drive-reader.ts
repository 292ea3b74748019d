/** Reads one version of a drive: stat, read, list. Written blocks never change, so keeping an old version readable costs nothing. */
import type { FileStat, ListedFile } from '@vms/format'
import { BlockDamagedError, type ReadBlocks } from '../reading/checked-blocks.ts'
import { type BlobId, type EntryValue, keyPath, pathKey, valueStat } from './file-entry.ts'
import type { Bee, BeeBatch, BeeNode } from './hyperbee.ts'

/** A version of a drive. */
export class DriveReader {
  #tree: BeeBatch
  #blobs: ReadBlocks

  constructor(bee: Bee, blobs: ReadBlocks, dbLength: number) {
    this.#tree = bee.batch({ checkout: dbLength })
    this.#blobs = blobs
  }

  /** The stat of the file or directory at `path`; null if there is none. Paths are normal and absolute; the root has no entry. */
  async stat(path: string): Promise<FileStat | null> {
    const node = await this.#tree.get(pathKey(path))
    return node && valueStat(node.value as EntryValue)
  }

  /** Bytes of the file at `path`, null if there is no file. */
  async read(path: string): Promise<Uint8Array | null> {
    const node = await this.#tree.get(pathKey(path))
    const blob = (node?.value as EntryValue | undefined)?.blob
    if (!blob) return null
    const blocks = await this.#contents(path, blob)
    const data = new Uint8Array(blob.byteLength)
    let at = 0
    for (const block of blocks) {
      if (!block) throw new Error(`a block of ${path} is missing`)
      data.set(block, at)
      at += block.length
    }
    return data
  }

  async #contents(
    path: string,
    { blockOffset, blockLength }: BlobId,
  ): Promise<(Uint8Array | null)[]> {
    try {
      return await this.#blobs(blockOffset, blockOffset + blockLength)
    } catch (cause) {
      if (!(cause instanceof BlockDamagedError)) throw cause
      throw new BlockDamagedError(`the contents of ${path} differ from what the host signed`, {
        cause,
      })
    }
  }

  /**
   * The items of the directory `path` ('/' is the root), ordered by UTF-8 bytes; all descendants if `recursive`. Otherwise one look-up
   * skips the whole subtree of each item.
   */
  async list(path: string, options: { recursive: boolean }): Promise<ListedFile[]> {
    const prefix = path === '/' ? '/' : `${path}/`
    const end = pathKey(after(prefix))
    const listed: ListedFile[] = []
    let next: Buffer | null = pathKey(prefix)
    while (next) {
      const range: AsyncIterable<BeeNode> = this.#tree.createReadStream({ gte: next, lt: end })
      next = null
      for await (const node of range) {
        const name = keyPath(node.key).slice(prefix.length)
        const slash = name.indexOf('/')
        if (slash !== -1 && !options.recursive) {
          next = pathKey(after(`${prefix}${name.slice(0, slash + 1)}`))
          break
        }
        listed.push({ name, stat: valueStat(node.value as EntryValue) })
      }
    }
    return listed
  }

  /** The path of the file whose contents include block `index` in this version; null if there is none. */
  async fileOfBlock(index: number): Promise<string | null> {
    const all = { gte: pathKey('/'), lt: pathKey('0') }
    for await (const node of this.#tree.createReadStream(all) as AsyncIterable<BeeNode>) {
      const { blob } = node.value as EntryValue
      if (blob && index >= blob.blockOffset && index < blob.blockOffset + blob.blockLength)
        return keyPath(node.key)
    }
    return null
  }

  /** Closes the reader: otherwise the B-tree would keep it in its list of readers. */
  async close(): Promise<void> {
    await this.#tree.close()
  }
}

// '0' is the character after '/': everything under 'a/' lies between 'a/' and 'a0'.
const after = (prefix: string): string => `${prefix.slice(0, -1)}0`
