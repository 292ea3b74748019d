/** The files after one group of the ledger. The group's last entry holds the head of both cores. */
import type { FilesHead } from '@vms/format'
import type { BlockReader } from '../reading/block-reader.ts'
import { VmsFileError } from './file-error.ts'
import { behind, keyPath, normalPath, pathKey } from './path.ts'
import type { TreeCache } from './tree-cache.ts'
import { TreeWalk } from './tree-walk.ts'

/** The stat of a file or folder. */
export interface FileStat {
  /** Bytes; 0 for a folder. */
  readonly size: number
  /** Time of the entry that last wrote it. */
  readonly mtime: Date
  isFile(): boolean
  isDirectory(): boolean
}

interface Blob {
  readonly blockOffset: number
  readonly blockLength: number
  readonly byteLength: number
}

interface Value {
  readonly blob: Blob | null
  readonly metadata: { readonly directory?: boolean; readonly mtime?: number } | null
}

export class FilesVersion {
  #reader: BlockReader
  #head: FilesHead
  #tree: TreeWalk

  /** `cache` must be aligned with the head. */
  constructor(reader: BlockReader, cache: TreeCache, head: FilesHead) {
    this.#reader = reader
    this.#head = head
    this.#tree = new TreeWalk({
      length: head.dbLength,
      block: (index) => cache.block(index),
      nonsense: (what) => reader.refuse('files', what),
    })
  }

  async stat(given: string): Promise<FileStat> {
    const path = normalPath(given)
    return statOf(path === '/' ? null : await this.#value(path))
  }

  /** Bytes of a file. */
  async read(given: string): Promise<Uint8Array> {
    const path = normalPath(given)
    const value = path === '/' ? null : await this.#value(path)
    if (!value || isFolder(value)) throw new VmsFileError('EISDIR', path)
    const { blockOffset, blockLength, byteLength } = value.blob ?? NOTHING
    const parts = await this.#contents(path, blockOffset, blockOffset + blockLength)
    const total = parts.reduce((sum, part) => sum + part.length, 0)
    if (total !== byteLength) {
      throw this.#reader.refuse('files', `${path} has ${total} bytes and says ${byteLength}`)
    }
    const bytes = new Uint8Array(byteLength)
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }

  /** The blocks [start, end) of the contents. */
  async #contents(path: string, start: number, end: number): Promise<Uint8Array[]> {
    const { blobsLength: length, blobsHash: treeHash } = this.#head
    if (!(start >= 0 && end <= length)) {
      throw this.#reader.refuse('files', `${path} lies beyond the end of the contents`)
    }
    const parts: Uint8Array[] = []
    while (parts.length < end - start) {
      const range = [start + parts.length, end] as const
      const { blocks } = await this.#reader.read('blobs', { length, treeHash }, range)
      parts.push(...blocks)
    }
    return parts
  }

  /** The items of a folder, ordered by UTF-8 bytes, with names relative to it. */
  async list(given: string, recursive: boolean): Promise<{ name: string; stat: FileStat }[]> {
    const path = normalPath(given)
    if (path !== '/' && !isFolder(await this.#value(path))) throw new VmsFileError('ENOTDIR', path)
    const prefix = path === '/' ? '/' : `${path}/`
    const end = pathKey(behind(prefix))
    const listed: { name: string; stat: FileStat }[] = []
    for (let next: string | null = prefix; next !== null; ) {
      const start = pathKey(next)
      next = null
      for await (const { key, value } of this.#tree.range(start, end)) {
        const name = keyPath(key).slice(prefix.length)
        const slash = name.indexOf('/')
        if (slash !== -1 && !recursive) {
          // One look-up skips everything below the folder.
          next = behind(`${prefix}${name.slice(0, slash + 1)}`)
          break
        }
        listed.push({ name, stat: statOf(this.#parse(value)) })
      }
    }
    return listed
  }

  async #value(path: string): Promise<Value> {
    const value = await this.#tree.get(pathKey(path))
    if (!value) throw new VmsFileError('ENOENT', path)
    return this.#parse(value)
  }

  #parse(value: Uint8Array): Value {
    try {
      return JSON.parse(new TextDecoder().decode(value))
    } catch {
      throw this.#reader.refuse('files', 'an entry of the tree is no JSON')
    }
  }
}

const NOTHING: Blob = { blockOffset: 0, blockLength: 0, byteLength: 0 }

const isFolder = ({ metadata }: Value): boolean => metadata?.directory === true

/** The stat of an entry's value; null stands for the root, which has no entry. */
function statOf(value: Value | null): FileStat {
  const isDirectory = value === null || isFolder(value)
  return {
    size: value?.blob?.byteLength ?? 0,
    mtime: new Date(value?.metadata?.mtime ?? 0),
    isFile: () => !isDirectory,
    isDirectory: () => isDirectory,
  }
}
