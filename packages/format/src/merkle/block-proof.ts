/**
 * Proofs for a range of blocks of a core: the subtrees to the left and right of it, together with the blocks' own leaves,
 * hash to the tree hash of a head.
 */

import { sameBytes } from '../codec/bytes.ts'
import { ProofError } from '../codec/errors.ts'
import type { Hasher } from '../crypto/crypto.ts'
import { fillIndexes, leafNode, TreeRoots } from './tree.ts'
import type { TreeNode } from './tree-node.ts'

/** The head that blocks are proven under: a length, and a tree hash that the reader trusts. */
export interface CoreHead {
  readonly length: number
  readonly treeHash: Uint8Array
}

/** Blocks from the start of a range, the subtrees before them, and the subtrees after them. */
export interface BlockProof {
  readonly blocks: readonly Uint8Array[]
  readonly before: readonly TreeNode[]
  readonly after: readonly TreeNode[]
}

/**
 * Checks that the blocks stand at `start` of the core that has this head, and none beyond `end`. Returns the tree hash at
 * `start`, which a caller that knows an older head compares. Throws {@link ProofError}.
 */
export function checkBlocks(
  crypto: Hasher,
  head: CoreHead,
  [start, end]: readonly [start: number, end: number],
  { blocks, before, after }: BlockProof,
): Uint8Array {
  if (blocks.length > end - start || (blocks.length === 0 && end > start)) {
    throw new ProofError(`${blocks.length} blocks came, ${end - start} were asked for`)
  }
  const tree = new TreeRoots(crypto)
  appendSubtrees(tree, 0, start, before)
  const startHash = tree.hash()
  for (const [i, block] of blocks.entries()) tree.append(leafNode(crypto, start + i, block))
  appendSubtrees(tree, start + blocks.length, head.length, after)
  if (!sameBytes(tree.hash(), head.treeHash)) {
    throw new ProofError(
      `blocks ${start} to ${start + blocks.length} are not under the head of ${head.length}`,
    )
  }
  return startHash
}

/**
 * Appends the subtrees that fill [from, to) and returns them with the parents that they complete. Throws {@link ProofError}
 * if `nodes` are others.
 */
export function appendSubtrees(
  roots: TreeRoots,
  from: number,
  to: number,
  nodes: readonly TreeNode[],
): TreeNode[] {
  const expected = fillIndexes(from, to)
  if (nodes.length !== expected.length || nodes.some((node, i) => node.index !== expected[i])) {
    throw new ProofError(`these are not the subtrees of the entries from ${from} to ${to}`)
  }
  return nodes.flatMap((node) => roots.append(node))
}
