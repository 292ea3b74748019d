/**
 * How a path and what is at it are stored in the drive's tree: keys and JSON values in the exact form that plain
 * hyperdrive writes, key order included.
 */

/** Where a file's bytes are in the blobs core. The key order is that of `Hyperblobs.put`, and is format. */
export interface BlobId {
  readonly blockOffset: number
  readonly byteOffset: number
  readonly blockLength: number
  readonly byteLength: number
}

/** What is at a path. Times are milliseconds since the epoch, sizes bytes; a directory's size is 0. */
export interface FileStat {
  readonly kind: 'file' | 'directory'
  readonly size: number
  readonly mtime: number
}

/** The value of a tree entry, as hyperdrive has it. */
export interface EntryValue {
  readonly executable: boolean
  readonly linkname: string | null
  readonly blob: BlobId | null
  readonly metadata: unknown
}

const PREFIX = Buffer.from('files\0')

/** Key of a path: hyperdrive's `files` sub-encoding. Of the empty string, the prefix of all keys. */
export const pathKey = (path: string): Buffer => Buffer.concat([PREFIX, Buffer.from(path)])

/** Path of a key. */
export const keyPath = (key: Uint8Array): string =>
  Buffer.from(key.buffer, key.byteOffset + PREFIX.length, key.length - PREFIX.length).toString()

export const fileValue = (blob: BlobId, mtime: number): EntryValue => ({
  executable: false,
  linkname: null,
  blob,
  metadata: { mtime },
})

/** A directory has an entry of its own, without a blob: hyperdrive has none, and an empty one must be somewhere. */
export const directoryValue = (mtime: number): EntryValue => ({
  executable: false,
  linkname: null,
  blob: null,
  metadata: { directory: true, mtime },
})

/** What a value says is there. Tolerates drives that others wrote: no metadata is time 0. */
export function valueStat(value: EntryValue): FileStat {
  const metadata = (value.metadata ?? {}) as { directory?: unknown; mtime?: unknown }
  return {
    kind: metadata.directory === true ? 'directory' : 'file',
    size: value.blob?.byteLength ?? 0,
    mtime: typeof metadata.mtime === 'number' ? metadata.mtime : 0,
  }
}
