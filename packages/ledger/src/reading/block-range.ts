/**
 * How many blocks of a core fit into so many bytes. The nodes of its tree carry the bytes below them, so the answer is
 * exact and reads no block.
 */
import { fillIndexes, type TreeNode } from '@vms/format'

/** The nodes with these flat indexes; null for each that is not known here. */
export type FindNodes = (indexes: readonly number[]) => Promise<readonly (TreeNode | null)[]>

/** Limits of a stretch. It has at least one block, however large. */
export interface BlockRangeLimits {
  readonly blocks: number
  readonly bytes: number
}

/** Blocks up to `end`, and their bytes; null where the tree here does not say. */
export interface BlockRange {
  readonly end: number
  readonly bytes: number | null
}

/**
 * The longest of the stretches that begin at `start` and halve on the way from `end` that is within the limits. One block
 * is the least, also if its size is not known.
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
