/** Blocks of a core with what proves them: a stretch of leaves, and the subtrees that fill what is left and right of it. */
import { type Hasher, leafNode, ProofError, sameBytes, TreeRoots } from '@vms/format'
import { appendAll } from './append.ts'
import type { ProvenBlocks } from './frames.ts'

/** What blocks are proven under: a length and the tree hash there, from a head that was verified. */
export interface CoreHead {
  readonly length: number
  readonly treeHash: Uint8Array
}

/**
 * Checks that the answer's blocks stand at `start` of the core that has this head, and none beyond `end`. Returns the tree
 * hash at `start`, which a caller that knows an older head compares. Throws {@link ProofError}.
 */
export function checkBlocks(
  crypto: Hasher,
  head: CoreHead,
  [start, end]: readonly [start: number, end: number],
  { blocks, before, after }: ProvenBlocks,
): Uint8Array {
  if (blocks.length > end - start || (blocks.length === 0 && end > start)) {
    throw new ProofError(`${blocks.length} blocks are no answer to a question for ${end - start}`)
  }
  const tree = new TreeRoots(crypto)
  appendAll(tree, 0, start, before)
  const startHash = tree.hash()
  for (const [i, block] of blocks.entries()) tree.append(leafNode(crypto, start + i, block))
  appendAll(tree, start + blocks.length, head.length, after)
  if (!sameBytes(tree.hash(), head.treeHash)) {
    throw new ProofError(
      `blocks ${start} to ${start + blocks.length} are not under the head of ${head.length}`,
    )
  }
  return startHash
}
