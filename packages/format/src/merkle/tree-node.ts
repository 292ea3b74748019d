/** One node of the Merkle tree of a hypercore, as records and frames hold it. */
import { bytes, integer, record } from '../codec/schema.ts'

/** A node: flat index, bytes of all leaves below it, hash. */
export interface TreeNode {
  readonly index: number
  readonly size: number
  readonly hash: Uint8Array
}

/** Shape of a node inside a record. */
export const treeNodeShape = record({ index: integer(), size: integer(), hash: bytes(32) })
