/**
 * Reads blocks of a directory that another program may have written to. It hashes each block up to the tree hash that the core had
 * when it was opened, before it returns the block. A host's own store does not need this: RocksDB's checksums detect a bad
 * disk, and an attacker who can write there has the keys as well.
 */
import { type Crypto, checkBlocks, fillIndexes, ProofError, treeHash } from '@vms/format'
import { type Core, readBlocks, readNodes } from '../engine/hypercore.ts'
import type { FindNodes } from './block-range.ts'

/** Reads the stored blocks [start, end) at once. A missing block is null. */
export type ReadBlocks = (start: number, end: number) => Promise<(Uint8Array | null)[]>

/** The stored block does not hash to the tree that the core's head signs. */
export class BlockDamagedError extends Error {
  override readonly name = 'BlockDamagedError'
}

/** Reads blocks as stored, unchecked. */
export const storedBlocks =
  (core: Core): ReadBlocks =>
  (start, end) =>
    readBlocks(core, start, end)

/** Reads nodes of the tree as stored, unchecked. */
export const storedNodes =
  (core: Core): FindNodes =>
  (indexes) =>
    readNodes(core, indexes)

/**
 * Blocks of a core that does not grow, checked under the head that it has now. `what` names a block in errors. Throws
 * {@link BlockDamagedError}.
 */
export function checkedBlocks(crypto: Crypto, core: Core, what: string): ReadBlocks {
  const head = { length: core.length, treeHash: treeHash(crypto, core.state.roots) }
  return async (start, end) => {
    if (start >= end) return []
    const before = fillIndexes(0, start)
    const [blocks, nodes] = await Promise.all([
      readBlocks(core, start, end),
      readNodes(core, [...before, ...fillIndexes(end, head.length)]),
    ])
    const present = blocks.filter((block) => block !== null)
    const known = nodes.filter((node) => node !== null)
    // The caller reports a missing block.
    if (present.length < blocks.length) return blocks
    const proof = {
      blocks: present,
      before: known.slice(0, before.length),
      after: known.slice(before.length),
    }
    try {
      checkBlocks(crypto, head, [start, end], proof)
    } catch (cause) {
      if (!(cause instanceof ProofError)) throw cause
      const which = end - start === 1 ? `${what} ${start}` : `one of ${what} ${start} to ${end - 1}`
      throw new BlockDamagedError(`${which} differs from what the host signed`, { cause })
    }
    return blocks
  }
}
