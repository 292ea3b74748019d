/**
 * Borders on encoded entries. A host encodes an entry once, without borders, when it has executed it; the commit puts the borders of the
 * group into its first and last entry. The borders are the last two fields, so nothing else moves.
 */
import { encodeRecord } from '../codec/record.ts'
import { bytes, nullable, record } from '../codec/schema.ts'
import { type FilesHead, filesHeadShape } from './files.ts'

const NULL = 0xc0
/** Of both borders, where they are null. */
const NULL_BYTES = 2

const bordersShape = record({ root: nullable(bytes(32)), files: nullable(filesHeadShape) })

/** Bytes of the largest borders, with the head of their array. */
const BORDERS_BYTES = 256

export interface Borders {
  readonly root: Uint8Array | null
  readonly files: FilesHead | null
}

/** The encoded entry with these borders. Throws a TypeError if it has borders already. */
export function withBorders(entry: Uint8Array, borders: Borders): Uint8Array {
  const end = entry.length - NULL_BYTES
  if (end < 0 || entry[end] !== NULL || entry[end + 1] !== NULL)
    throw new TypeError('the entry has borders already')
  if (borders.root === null && borders.files === null) return entry
  // Without the head of the array, which takes one byte.
  const encoded = encodeRecord(bordersShape, borders, BORDERS_BYTES).subarray(1)
  const out = new Uint8Array(end + encoded.length)
  out.set(entry.subarray(0, end))
  out.set(encoded, end)
  return out
}
