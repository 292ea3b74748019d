/** Bytes exchanged in the store of a stopped directory, below everything that checks: the trees and signatures stay as they are. */
import { blobsKey } from '../../packages/ledger/src/engine/hyperdrive.ts'
import { openCore, openStore } from '../../packages/ledger/src/engine/store.ts'

/** The three cores of a service. */
export type ForgedCore = 'log' | 'db' | 'blobs'

interface BlockWriter {
  write(): { putBlock(index: number, block: Uint8Array): void; flush(): Promise<unknown> }
}

/** Exchanges the stored bytes of one block. The block's length stays. */
export async function forgeBlock(
  directory: string,
  keys: { readonly ledger: Uint8Array; readonly files: Uint8Array },
  which: ForgedCore,
  index: number,
  forge: (block: Uint8Array) => Uint8Array,
): Promise<void> {
  const store = await openStore(directory)
  try {
    const log = await openCore(store, { key: Buffer.from(keys.ledger) })
    const db = await openCore(store, { key: Buffer.from(keys.files) })
    const blobs = await openCore(store, { key: Buffer.from(blobsKey(db)) })
    const core = { log, db, blobs }[which]
    const block = await core.get(index)
    if (!block) throw new Error(`there is no block ${index} in ${which}`)
    const forged = forge(Uint8Array.from(block))
    if (forged.length !== block.length) throw new RangeError('the length of the block changed')
    const writing = (core.state.storage as unknown as BlockWriter).write()
    writing.putBlock(index, Buffer.from(forged))
    await writing.flush()
  } finally {
    await store.close()
  }
}

/** Exchanges one text for another of the same length. */
export const replacing =
  (text: string, other: string) =>
  (block: Uint8Array): Uint8Array => {
    const before = Buffer.from(block).toString('latin1')
    if (!before.includes(text)) throw new Error(`the block does not hold ${text}`)
    return Buffer.from(before.replace(text, other), 'latin1')
  }
