/// <reference path="../types/corestore.d.ts" preserve="true" />
/**
 * The one place that opens a corestore. It lives in a subdirectory of its own, because corestore moves whatever other
 * files it finds beside it.
 */
import { rename } from 'node:fs/promises'
import path from 'node:path'
import Corestore, { type CorestoreAtom, type CorestoreGet } from 'corestore'
import { LedgerLockedError, LedgerMovedError, openError } from '../errors/errors.ts'
import { syncPath } from '../store/durable.ts'
import { readLockHolder } from '../store/lock-holder.ts'
import type { Core } from './hypercore.ts'

export type Store = Corestore
export type Atom = CorestoreAtom

/** Where in a service's directory the store is. */
const storeDirectory = (directory: string): string => path.join(directory, 'store')

/**
 * Opens the store of a directory, making it if need be. `readOnly` takes no lock and writes nothing, so that copies and
 * foreign directories can be read. Throws {@link LedgerLockedError} if it is open elsewhere.
 */
export async function openStore(
  directory: string,
  options: { readOnly?: boolean } = {},
): Promise<Store> {
  const store = new Corestore(storeDirectory(directory), options)
  try {
    await store.ready()
  } catch (cause) {
    throw await named(directory, cause)
  }
  return store
}

/**
 * Opens the store of a directory that has no ledger: what a creation that was killed left behind goes out of the way if
 * it cannot be opened. It is not deleted: what is in it may be a ledger all the same, whose `service.json` was lost.
 * Throws as {@link openStore} does.
 */
export async function openUnusedStore(directory: string): Promise<Store> {
  try {
    return await openStore(directory)
  } catch (error) {
    // A copy was whole where it was made: nothing that a creation left behind.
    if (error instanceof LedgerLockedError || error instanceof LedgerMovedError) throw error
    const store = storeDirectory(directory)
    await rename(store, `${store}.unreadable-${Date.now()}`).catch((cause) => {
      throw openError(directory, cause)
    })
    return await openStore(directory)
  }
}

/** Whether a core of the store has blocks. */
export async function holdsBlocks(store: Store): Promise<boolean> {
  for await (const discoveryKey of store.list()) {
    const info = await store.storage.getInfo(discoveryKey)
    if ((info?.head?.length ?? 0) > 0) return true
  }
  return false
}

/** Makes the store itself survive a power cut: its names, and the file that says it is no copy. */
export async function syncStore(directory: string): Promise<void> {
  await syncPath(path.join(storeDirectory(directory), 'CORESTORE'))
  await syncPath(storeDirectory(directory))
}

/** A core of the store, ready, that never follows another fork: the first open of a core decides that. */
export async function openCore(
  store: Store,
  options: Omit<CorestoreGet, 'allowFork'>,
): Promise<Core> {
  const core = store.get({ ...options, allowFork: false })
  await core.ready()
  return core
}

/** Opens a core that takes a fork from its peers, for {@link ../fork-probe.ts} alone. */
export async function openForkableCore(store: Store, key: Uint8Array): Promise<Core> {
  const core = store.get({ key: Buffer.from(key), allowFork: true })
  await core.ready()
  return core
}

// The packages below have messages and no types; a test holds each of these.
async function named(directory: string, cause: unknown): Promise<Error> {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'DEVICE_FILE') return new LedgerMovedError(directory, { cause })
  if (/could not be locked/.test(message)) {
    return new LedgerLockedError(directory, await readLockHolder(directory), { cause })
  }
  return openError(directory, cause)
}
