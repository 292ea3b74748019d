/** Blocks of one core together with the tree nodes that prove them, as many as fit an answer. */
import { type FilesHead, fillIndexes, type TreeNode } from '@vms/format'
import type { ServiceCores } from '../cores/cores.ts'
import { type Core, readBlocks, readNodes } from '../engine/hypercore.ts'
import { OutOfRangeError } from '../errors/errors.ts'
import { type BlockRangeLimits, fittingRange } from './block-range.ts'

/** The ledger's core, and the two of its files. */
type CoreName = 'log' | 'db' | 'blobs'

/** The blocks [start, end), proven under the tree at `length`. */
type BlockRange = readonly [start: number, end: number, length: number]

/** A question for blocks: the core, the range, and the limits of one answer. */
export type BlockQuestion = readonly [name: CoreName, range: BlockRange, limits: BlockRangeLimits]

/**
 * Blocks from `start` on, the subtrees that fill [0, start), and the subtrees between the last block and the
 * length under which they are proven.
 */
export interface ProvenBlocks {
  readonly blocks: Uint8Array[]
  readonly before: TreeNode[]
  readonly after: TreeNode[]
}

type ReadTree = (indexes: readonly number[]) => Promise<TreeNode[]>

/** A core, its durable length, and the nodes of its tree if they are in memory. */
interface ReadableCore {
  readonly core: Core
  readonly length: number
  readonly nodes?: ReadTree
}

/** The readable part of one core, for a service whose ledger is durable up to `length` and whose files are durable up to `files`. */
export function readableCore(
  { log, db, blobs, tree }: ServiceCores & { readonly tree: { nodes: ReadTree } },
  name: CoreName,
  length: number,
  files: FilesHead,
): ReadableCore {
  if (name === 'log') return { core: log, length, nodes: (indexes) => tree.nodes(indexes) }
  if (name === 'db') return { core: db, length: files.dbLength }
  return { core: blobs, length: files.blobsLength }
}

/**
 * The blocks [start, end) of `core`, or as many of them as the limits allow, proven under its tree at `length`. Throws
 * {@link OutOfRangeError}.
 */
export async function provenBlocks(
  { core, length: durable, nodes = storedNodes(core) }: ReadableCore,
  [start, end, length]: BlockRange,
  limits: BlockRangeLimits,
): Promise<ProvenBlocks> {
  if (length > durable) throw new OutOfRangeError(length - 1, durable)
  if (start > end || end > length) throw new OutOfRangeError(Math.max(start, end - 1), length)
  const { end: stop } = await fittingRange(nodes, [start, end], limits)
  const before = fillIndexes(0, start)
  const [blocks, proof] = await Promise.all([
    readBlocks(core, start, stop),
    nodes([...before, ...fillIndexes(stop, length)]),
  ])
  return {
    blocks: blocks.map((block, i) => {
      if (!block) throw new Error(`block ${start + i} is not stored here`)
      return Uint8Array.from(block)
    }),
    before: proof.slice(0, before.length),
    after: proof.slice(before.length),
  }
}

const storedNodes =
  (core: Core): ReadTree =>
  async (indexes) => {
    const nodes = await readNodes(core, indexes)
    return nodes.map((node, i) => {
      if (!node) throw new Error(`node ${indexes[i]} is not stored here`)
      return { index: node.index, size: node.size, hash: Uint8Array.from(node.hash) }
    })
  }
