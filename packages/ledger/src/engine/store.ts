/// <reference path="../types/corestore.d.ts" />
/**
 * The one place that opens a corestore. It lives in a subdirectory of its own, because corestore moves whatever other
 * files it finds beside it.
 */
import path from 'node:path'
import Corestore, { type CorestoreAtom, type CorestoreGet } from 'corestore'
import { LedgerDamagedError, LedgerLockedError, LedgerMovedError } from '../errors.ts'
import { readHolder } from '../holder.ts'
import type { Core } from './hypercore.ts'

export type Store = Corestore
export type Atom = CorestoreAtom

/** Where in a service's directory the store is. */
export const storeDirectory = (directory: string): string => path.join(directory, 'store')

/**
 * Opens the store of a directory, making it if need be. `readOnly` takes no lock and writes nothing, so that copies and
 * foreign directories can be read. Throws {@link LedgerLockedError} if it is open elsewhere.
 */
export async function openStore(directory: string, options: { readOnly?: boolean } = {}): Promise<Store> {
  const store = new Corestore(storeDirectory(directory), options)
  try {
    await store.ready()
  } catch (cause) {
    throw await named(directory, cause)
  }
  return store
}

/** A core of the store, ready, that never follows another fork: the first open of a core decides that. */
export async function openCore(store: Store, options: Omit<CorestoreGet, 'allowFork'>): Promise<Core> {
  const core = store.get({ ...options, allowFork: false })
  await core.ready()
  return core
}

// The packages below have messages and no types; a test holds each of these.
async function named(directory: string, cause: unknown): Promise<unknown> {
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'DEVICE_FILE') return new LedgerMovedError(directory, { cause })
  if (/could not be locked/.test(message)) {
    return new LedgerLockedError(directory, await readHolder(directory), { cause })
  }
  if (/corruption/i.test(message)) return new LedgerDamagedError(directory, message, { cause })
  return cause
}
