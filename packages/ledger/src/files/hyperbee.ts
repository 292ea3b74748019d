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
 * Bytes of blocks that were written and not read since. Bounds memory; a block that fell out costs a read of the store
 * when the tree is walked next.
 */
const WRITTEN_BYTES = 16 * 1024 * 1024

/**
 * The tree over `core`, a session of its own. Keys are bytes, values JSON, and the header's metadata is what
 * hyperdrive writes. The extension is off: it would let a peer make us read on its behalf. A core that is only read may be
 * read through `blocks`.
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
 * Hands the blocks that a batch appended to the next batch, which walks through most of them. hyperbee caches the blocks that it
 * read, not those that it wrote, and a read of the store for every step takes twice as long as all the rest.
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
    // The tree caches it from here on.
    forget(index, block)
    return options?.valueEncoding ? options.valueEncoding.decode(block) : block
  }
}
