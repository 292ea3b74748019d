/** A peer that has no key of a ledger, and says that the ledger is on another fork. */
import Corestore from 'corestore'
import type { Side } from './connect.ts'

export async function claimant(
  directory: string,
  key: Uint8Array,
  fork: number,
): Promise<Side & { close(): Promise<void> }> {
  const store = new Corestore(directory)
  const core = store.get({ key: Buffer.from(key), allowFork: false })
  await core.ready()
  // hypercore's first message to a peer is made of this field.
  Object.assign(core.state, { fork })
  return {
    replicate: (isInitiator) => store.replicate(isInitiator),
    close: () => store.close(),
  }
}
