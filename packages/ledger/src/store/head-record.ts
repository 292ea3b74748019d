/**
 * The record of each group's end. hypercore keeps only the newest signature, and callers may ask for an older head. The record also holds
 * the RFC 6962 edge, so that opening a ledger needs no scan. Records are local: never replicated, and not part of the format.
 */
import {
  blob,
  bytes,
  decodeRecord,
  encodeRecord,
  type FilesHead,
  filesHeadShape,
  type Infer,
  integer,
  record,
  type SignedHead,
} from '@vms/format'

// 53 complete subtrees at most: lengths are below 2^53.
const EDGE_BYTES_MAX = 53 * 32

const shape = record({
  length: integer(),
  treeHash: bytes(32),
  signature: bytes(64),
  files: filesHeadShape,
  /** RFC 6962 edge at `length`: 32 bytes per complete subtree, largest first. */
  edge: blob(EDGE_BYTES_MAX),
})

/** The end of a group: signed head, files head, RFC 6962 edge. */
export type HeadRecord = Infer<typeof shape>

/** Bytes of the largest record. */
const RECORD_BYTES = 4096

export const encodeHeadRecord = (record: HeadRecord): Uint8Array =>
  encodeRecord(shape, record, RECORD_BYTES)

export const decodeHeadRecord = (bytes: Uint8Array): HeadRecord =>
  decodeRecord(shape, bytes, { maxBytes: RECORD_BYTES })

/** The part that peers and callers may see. */
export const signedHead = ({ length, treeHash, signature }: HeadRecord): SignedHead => ({
  length,
  treeHash,
  signature,
})

/** Whether a drive's lengths and tree hashes equal those in a record. */
export const sameFiles = (a: FilesHead, b: FilesHead): boolean =>
  a.dbLength === b.dbLength &&
  a.blobsLength === b.blobsLength &&
  Buffer.compare(a.dbHash, b.dbHash) === 0 &&
  Buffer.compare(a.blobsHash, b.blobsHash) === 0
