/** A stopped service's ledger, cut and written anew with its own keys: hypercore signs what follows over another fork. */
import path from 'node:path'
import Corestore from 'corestore'
import type { Side } from './connect.ts'

export async function rewritten(
  directory: string,
  key: Uint8Array,
  { keep, blocks }: { readonly keep: number; readonly blocks: readonly Uint8Array[] },
): Promise<Side & { close(): Promise<void> }> {
  const store = new Corestore(path.join(directory, 'store'))
  const core = store.get({ key: Buffer.from(key), allowFork: false })
  await core.ready()
  await core.truncate(keep)
  for (const block of blocks) await core.append(Buffer.from(block))
  return {
    replicate: (isInitiator) => store.replicate(isInitiator),
    close: () => store.close(),
  }
}
