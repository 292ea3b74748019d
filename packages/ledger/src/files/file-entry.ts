/**
 * How the drive's tree stores a path and its file or directory: keys and JSON values in the exact form that plain
 * hyperdrive writes, key order included.
 */
import type { FileStat } from '@vms/format'

/** Where a file's bytes are in the blobs core. The key order is that of `Hyperblobs.put`, and is format. */
export interface BlobId {
  readonly blockOffset: number
  readonly byteOffset: number
  readonly blockLength: number
  readonly byteLength: number
}

/** The value of a tree entry, as hyperdrive has it. */
export interface EntryValue {
  readonly executable: boolean
  readonly linkname: string | null
  readonly blob: BlobId | null
  readonly metadata: unknown
}

const PREFIX = Buffer.from('files\0')

/** Key of a path, in hyperdrive's `files` sub-encoding. The key of the empty string is the prefix of all keys. */
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

/**
 * The value of a directory's own entry, which has no blob. Plain hyperdrive stores no directories, so without an entry an empty one would
 * not exist.
 */
export const directoryValue = (mtime: number): EntryValue => ({
  executable: false,
  linkname: null,
  blob: null,
  metadata: { directory: true, mtime },
})

/** The last moment that a Date can hold, in milliseconds. */
const TIME_MS = 8_640_000_000_000_000

/** The stat in a value. Drives of other programs may hold any JSON: an invalid time counts as 0, and so does an invalid size. */
export function valueStat(value: EntryValue): FileStat {
  const metadata = (value.metadata ?? {}) as { directory?: unknown; mtime?: unknown }
  return {
    kind: metadata.directory === true ? 'directory' : 'file',
    size: wholeUpTo(Number.MAX_SAFE_INTEGER, value.blob?.byteLength),
    mtime: wholeUpTo(TIME_MS, metadata.mtime),
  }
}

const wholeUpTo = (most: number, given: unknown): number =>
  Number.isSafeInteger(given) && (given as number) >= 0 && (given as number) <= most
    ? (given as number)
    : 0
