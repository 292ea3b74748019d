/** The published files under the drive's own signatures: the newest signed head of each core, and the core's tree at an earlier length. */
import { fillIndexes, type SignedHead, type TreeNode } from '@vms/format'
import { type Core, readNodes, storedSignature } from '../engine/hypercore.ts'

/** One core of a drive. Nothing here is checked: the reader checks the signature, and that the nodes lead to the head. */
export interface SignedTree {
  /** The newest head. Its signature is empty if the core has no signature of the form that a drive's cores have. */
  readonly head: SignedHead
  /** The earlier length. */
  readonly length: number
  /** Roots of the tree at `length`. */
  readonly roots: readonly TreeNode[]
  /** Nodes to append to `roots` to get the tree of `head`. */
  readonly rest: readonly TreeNode[]
}

/** Both cores of a drive. */
export interface SignedFiles {
  /** Public key that the manifest of the drive names; null if the manifest is not that of the drive. */
  readonly signer: Uint8Array | null
  readonly db: SignedTree
  /** Null at length 0, where there is nothing to sign. */
  readonly blobs: SignedTree | null
}

/** The tree of `core` at `length` under the present head; null if this store lacks one of its nodes. */
export async function signedTree(core: Core, length: number): Promise<SignedTree | null> {
  const head = {
    length: core.length,
    treeHash: Uint8Array.from(core.state.hash()),
    signature: storedSignature(core),
  }
  const rootIndexes = fillIndexes(0, length)
  const read = await readNodes(core, [...rootIndexes, ...fillIndexes(length, head.length)])
  const nodes = read.flatMap((node) =>
    node ? [{ index: node.index, size: node.size, hash: Uint8Array.from(node.hash) }] : [],
  )
  if (nodes.length < read.length) return null
  return {
    head,
    length,
    roots: nodes.slice(0, rootIndexes.length),
    rest: nodes.slice(rootIndexes.length),
  }
}
