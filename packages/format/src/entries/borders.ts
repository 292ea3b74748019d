/**
 * Borders of encoded entries. The host encodes an entry once, without borders, right after executing it. The commit then sets the borders
 * of the group in its first and last entry. The borders are the last two fields, so no other byte moves.
 */
import { encodeRecord } from '../codec/record.ts'
import { bytes, nullable, record } from '../codec/schema.ts'
import { type FilesHead, filesHeadShape } from './files.ts'

const NULL = 0xc0
/** Bytes of both borders if they are null. */
const NULL_BYTES = 2

const bordersShape = record({ root: nullable(bytes(32)), files: nullable(filesHeadShape) })

/** Bytes of the largest borders, with their array's head. */
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
