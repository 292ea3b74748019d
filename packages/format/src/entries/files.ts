/** Files: the heads of the archive that a group ends with, and the digest of what one call changed. */

import { bytes, type Infer, integer, record } from '../codec/schema.ts'
import { encodeValue } from '../codec/value.ts'
import type { Hasher } from '../crypto/crypto.ts'
import { domainTag } from '../crypto/crypto.ts'

/** Length and tree hash of the drive's db core and of its blobs core. */
export const filesHeadShape = record({
  dbLength: integer(),
  dbHash: bytes(32),
  blobsLength: integer(),
  blobsHash: bytes(32),
})

export type FilesHead = Infer<typeof filesHeadShape>

/** The last change that a call (or a group) made at one path. Times are milliseconds since the epoch. */
export type FileChange =
  | {
      readonly path: string
      readonly kind: 'file'
      readonly data: Uint8Array
      readonly mtime: number
    }
  | { readonly path: string; readonly kind: 'directory'; readonly mtime: number }
  | { readonly path: string; readonly kind: 'deleted' }

/** Bytes that changes write. */
export const changedBytes = (changes: readonly FileChange[]): number =>
  changes.reduce((sum, change) => sum + (change.kind === 'file' ? change.data.length : 0), 0)

const tag = domainTag('vms/changes/1')

/** Digest of the file changes of one call, one per path, ordered by the paths' UTF-8 bytes; null if there are none. */
export function changesDigest(crypto: Hasher, changes: readonly FileChange[]): Uint8Array | null {
  if (changes.length === 0) return null
  const rows = changes.map((change) => [
    change.path,
    change.kind,
    change.kind === 'deleted' ? null : change.mtime,
    change.kind === 'file' ? crypto.hash(change.data) : null,
  ])
  return crypto.hash(tag, encodeValue(rows))
}
