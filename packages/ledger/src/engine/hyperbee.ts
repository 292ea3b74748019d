/// <reference path="../types/hyperbee.d.ts" />
/**
 * The one file that imports hyperbee: the B-tree over a drive's db core, opened as hyperdrive opens it.
 */
import Hyperbee, { type HyperbeeBatch, type HyperbeeNode } from 'hyperbee'
import type { Core } from './hypercore.ts'

export type Bee = Hyperbee
export type BeeBatch = HyperbeeBatch
export type BeeNode = HyperbeeNode

/**
 * The tree over `core`. Keys are bytes, values JSON, and the header's metadata is what hyperdrive writes. The extension
 * is off: it would let a peer make us read on its behalf.
 */
export const openBee = (core: Core): Bee =>
  new Hyperbee(core, {
    keyEncoding: 'binary',
    valueEncoding: 'json',
    metadata: { contentFeed: null },
    extension: false,
  })
