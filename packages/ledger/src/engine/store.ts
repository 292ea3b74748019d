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

/** Path of the store in a service's directory. */
const storeDirectory = (directory: string): string => path.join(directory, 'store')

/**
 * Opens the store of a directory, and creates a missing one. `readOnly` takes no lock and writes nothing, so that copies and foreign
 * directories can be read. Throws {@link LedgerLockedError} if the store is open elsewhere.
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
 * Opens the store of a directory that has no ledger. A killed creation may have left a store that cannot be opened: this function renames
 * it, and does not delete it, because it may hold a ledger whose `service.json` was lost. Throws as {@link openStore} does.
 */
export async function openUnusedStore(directory: string): Promise<Store> {
  try {
    return await openStore(directory)
  } catch (error) {
    // A moved copy is no remnant of a killed creation: its store was complete where it was made.
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

/** Makes the store itself survive a power cut: the names of its files, and the file which shows that it is not a copy. */
export async function syncStore(directory: string): Promise<void> {
  await syncPath(path.join(storeDirectory(directory), 'CORESTORE'))
  await syncPath(storeDirectory(directory))
}

/** Opens a core of the store that never follows another fork. The first open of a core decides that. */
export async function openCore(
  store: Store,
  options: Omit<CorestoreGet, 'allowFork'>,
): Promise<Core> {
  const core = store.get({ ...options, allowFork: false })
  await core.ready()
  return core
}

/** Opens a core that accepts a fork from its peers. Only {@link ../fork-probe.ts} may use it. */
export async function openForkableCore(store: Store, key: Uint8Array): Promise<Core> {
  const core = store.get({ key: Buffer.from(key), allowFork: true })
  await core.ready()
  return core
}

// The packages below throw errors with messages but without types. A test holds each of these messages.
async function named(directory: string, cause: unknown): Promise<Error> {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'DEVICE_FILE') return new LedgerMovedError(directory, { cause })
  if (/could not be locked/.test(message)) {
    return new LedgerLockedError(directory, await readLockHolder(directory), { cause })
  }
  return openError(directory, cause)
}
