/** A download onto a full disk stalls: the storage engine drops the error of the write, and the block never arrives. */
import { statfsSync } from 'node:fs'
import { DiskFullError } from '../errors/errors.ts'

/** Bytes below which a disk counts as full, once a download has stalled: the storage engine writes in larger pieces. */
const FULL_BYTES = 1024 * 1024

/** The error if the disk of `directory` is full. Null if it is not, or where the system does not tell. */
export function fullDisk(directory: string): DiskFullError | null {
  try {
    const { bavail, bsize } = statfsSync(directory)
    if (bavail * bsize >= FULL_BYTES) return null
  } catch {
    return null
  }
  return new DiskFullError(directory, {
    hint: 'make room, or use a directory on another disk (TMPDIR names the one for temporary files); a full disk says nothing about the host',
  })
}
