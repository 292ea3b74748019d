/** Bytes exchanged in the store of a stopped directory, below everything that checks: the trees and signatures stay as they are. */
import { fillIndexes, type TreeNode, treeHash } from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import { GroupHeads } from '../../packages/ledger/src/cores/group-heads.ts'
import { type Core, readNodes } from '../../packages/ledger/src/engine/hypercore.ts'
import { blobsKey } from '../../packages/ledger/src/engine/hyperdrive.ts'
import { openCore, openStore } from '../../packages/ledger/src/engine/store.ts'

/** The three cores of a service. */
export type ForgedCore = 'log' | 'db' | 'blobs'

interface Keys {
  readonly ledger: Uint8Array
  readonly files: Uint8Array
}

interface Writing {
  putBlock(index: number, block: Uint8Array): void
  putTreeNode(node: TreeNode): void
  flush(): Promise<unknown>
}

/** Opens one core of a stopped directory below everything that checks; what `forge` writes is stored. */
async function forging(
  directory: string,
  keys: Keys,
  which: ForgedCore,
  forge: (core: Core, writing: Writing) => Promise<void>,
): Promise<void> {
  const store = await openStore(directory)
  try {
    const log = await openCore(store, { key: Buffer.from(keys.ledger) })
    const db = await openCore(store, { key: Buffer.from(keys.files) })
    const blobs = await openCore(store, { key: Buffer.from(blobsKey(db)) })
    const core = { log, db, blobs }[which]
    const writing = (core.state.storage as unknown as { write(): Writing }).write()
    await forge(core, writing)
    await writing.flush()
  } finally {
    await store.close()
  }
}

/** Exchanges the stored bytes of one block. The block's length stays. */
export async function forgeBlock(
  directory: string,
  keys: Keys,
  which: ForgedCore,
  index: number,
  forge: (block: Uint8Array) => Uint8Array,
): Promise<void> {
  await forging(directory, keys, which, async (core, writing) => {
    const block = await core.get(index)
    if (!block) throw new Error(`there is no block ${index} in ${which}`)
    const forged = forge(Uint8Array.from(block))
    if (forged.length !== block.length) throw new RangeError('the length of the block changed')
    writing.putBlock(index, Buffer.from(forged))
  })
}

/** Exchanges one node of the tree at `length`: the first that is a root there, and none at the head if `below`. */
export async function forgeNode(
  directory: string,
  keys: Keys,
  which: ForgedCore,
  length: number,
  below = true,
): Promise<void> {
  await forging(directory, keys, which, async (core, writing) => {
    const top = below ? fillIndexes(0, core.length) : []
    const index = fillIndexes(0, length).find((root) => !top.includes(root))
    if (index === undefined) throw new RangeError('all roots are those of the head')
    const [node] = await readNodes(core, [index])
    if (!node) throw new Error(`there is no node ${index} in ${which}`)
    writing.putTreeNode({ ...node, hash: Buffer.alloc(32, 1) })
  })
}

/** Exchanges one text for another of the same length. */
export const replacing =
  (text: string, other: string) =>
  (block: Uint8Array): Uint8Array => {
    const before = Buffer.from(block).toString('latin1')
    if (!before.includes(text)) throw new Error(`the block does not hold ${text}`)
    return Buffer.from(before.replace(text, other), 'latin1')
  }

/** Makes the local record of the last group name the trees of the files as they are stored now. */
export async function rewriteRecord(directory: string, keys: Keys): Promise<void> {
  const store = await openStore(directory)
  try {
    const log = await openCore(store, { key: Buffer.from(keys.ledger) })
    const db = await openCore(store, { key: Buffer.from(keys.files) })
    const blobs = await openCore(store, { key: Buffer.from(blobsKey(db)) })
    const heads = new GroupHeads(log)
    const last = await heads.get(log.length)
    if (!last) throw new Error('the ledger has no record of its last group')
    const files = {
      ...last.files,
      dbHash: treeHash(crypto, db.state.roots),
      blobsHash: treeHash(crypto, blobs.state.roots),
    }
    await heads.put(log, { ...last, files })
  } finally {
    await store.close()
  }
}
