/**
 * Finds how many blocks of a core fit into a number of bytes. Each node of the core's tree carries the size of the blocks below it,
 * so the answer is exact and reads no block.
 */
import { fillIndexes, type TreeNode } from '@vms/format'

/** Finds the nodes with these flat indexes; null for each node that the core does not have. */
export type FindNodes = (indexes: readonly number[]) => Promise<readonly (TreeNode | null)[]>

/** Limits of a range of blocks. A range has at least one block, however large. */
export interface BlockRangeLimits {
  readonly blocks: number
  readonly bytes: number
}

/** The end of a range of blocks, and their size in bytes; null if the core lacks nodes of its tree for it. */
export interface BlockRange {
  readonly end: number
  readonly bytes: number | null
}

/**
 * Halves the range from `start` to `end` until it is within the limits. A range of one block always fits, also if its size is
 * unknown.
 */
export async function fittingRange(
  nodes: FindNodes,
  [start, end]: readonly [start: number, end: number],
  limits: BlockRangeLimits,
): Promise<BlockRange> {
  for (
    let stop = Math.min(end, start + limits.blocks);
    ;
    stop = start + Math.floor((stop - start) / 2)
  ) {
    const bytes = await bytesOf(nodes, start, stop)
    if (stop - start <= 1 || (bytes !== null && bytes <= limits.bytes)) return { end: stop, bytes }
  }
}

async function bytesOf(nodes: FindNodes, start: number, end: number): Promise<number | null> {
  let bytes = 0
  for (const node of await nodes(fillIndexes(start, end))) {
    if (!node) return null
    bytes += node.size
  }
  return bytes
}
