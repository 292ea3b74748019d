/// <reference path="../types/hyperbee.d.ts" preserve="true" />
/**
 * The one file that imports hyperbee: the B-tree over a drive's db core, opened as hyperdrive opens it.
 */
import Hyperbee, { type HyperbeeBatch, type HyperbeeNode } from 'hyperbee'
import type { Core } from '../engine/hypercore.ts'
import type { ReadBlocks } from '../reading/checked-blocks.ts'

export type Bee = Hyperbee
export type BeeBatch = HyperbeeBatch
export type BeeNode = HyperbeeNode

/**
 * Bytes of written blocks that were not read yet. Bounds memory. A block dropped from here costs a read of the store when the tree is next
 * walked.
 */
const WRITTEN_BYTES = 16 * 1024 * 1024

/**
 * The tree over `core`, in a session of its own. Keys are bytes, values JSON, and the header's metadata is what hyperdrive writes. The
 * extension is off: a peer could use it to make this process read. A core opened for reading only may be read through `blocks`.
 */
export function openBee(core: Core, blocks?: ReadBlocks): Bee {
  if (blocks) readThrough(core, blocks)
  else rememberWritten(core)
  return new Hyperbee(core, {
    keyEncoding: 'binary',
    valueEncoding: 'json',
    metadata: { contentFeed: null },
    extension: false,
  })
}

function readThrough(core: Core, blocks: ReadBlocks): void {
  core.get = async (index, options) => {
    const [block] = await blocks(index, index + 1)
    if (!block) return null
    return options?.valueEncoding ? options.valueEncoding.decode(block) : block
  }
}

/**
 * Hands the blocks that one batch appended to the next batch, which walks through most of them. hyperbee caches the blocks that it reads,
 * but not those that it writes. Reading each from the store would take twice as long as everything else.
 */
function rememberWritten(core: Core): void {
  const written = new Map<number, Uint8Array>()
  let bytes = 0
  const forget = (index: number, block: Uint8Array): void => {
    if (written.delete(index)) bytes -= block.length
  }
  const append = core.append.bind(core)
  const get = core.get.bind(core)
  core.append = async (blocks) => {
    const list = Array.isArray(blocks) ? blocks : [blocks]
    const start = core.length
    const result = await append(blocks)
    for (const [offset, block] of list.entries()) {
      written.set(start + offset, block)
      bytes += block.length
    }
    for (const [index, block] of written) {
      if (bytes <= WRITTEN_BYTES) break
      forget(index, block)
    }
    return result
  }
  core.get = async (index, options) => {
    const block = written.get(index)
    if (!block) return await get(index, options)
    // hyperbee has read the block and caches it now.
    forget(index, block)
    return options?.valueEncoding ? options.valueEncoding.decode(block) : block
  }
}
