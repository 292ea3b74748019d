/// <reference path="../types/indexeddb.d.ts" preserve="true" />
/**
 * Key pairs that a browser keeps for the pages of one origin, in IndexedDB: the same visitor is the same caller tomorrow and in another
 * tab. Where the platform has keys that no script can read, the secret half is one of them. Otherwise (`crypto.subtle` is missing on plain
 * http from another machine) the store keeps the seed, and the signer says so.
 */
import type { Signer } from '@vms/format'
import { createStoredSigner, type StoredSigner, storedSigner } from '@vms/format/web-crypto'

const DATABASE = 'vms'
const STORE = 'keys'

/** Name of the default key pair. */
const DEFAULT_NAME = 'default'

/**
 * The key pair of this name. Creates a missing one. If the browser lets the page store nothing, the key pair is fresh and is forgotten with
 * the page.
 */
export async function loadKeyPair(name: string = DEFAULT_NAME): Promise<Signer> {
  let database: IDBDatabase
  try {
    database = await open()
  } catch {
    return await storedSigner(await createStoredSigner())
  }
  try {
    const known = await request(store(database, 'readonly').get<StoredSigner>(name))
    return await storedSigner(known ?? (await keep(database, name, await createStoredSigner())))
  } finally {
    database.close()
  }
}

/** Stores a key pair unless another tab was faster. Resolves with the stored one. */
async function keep(
  database: IDBDatabase,
  name: string,
  made: StoredSigner,
): Promise<StoredSigner> {
  // Create the key before the transaction: a transaction ends as soon as it waits for anything else.
  const keys = store(database, 'readwrite')
  const known = await request(keys.get<StoredSigner>(name))
  if (known) return known
  await request(keys.put(made, name))
  return made
}

const store = (database: IDBDatabase, mode: 'readonly' | 'readwrite'): IDBObjectStore =>
  database.transaction(STORE, mode).objectStore(STORE)

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(DATABASE, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE)
  return request(opening)
}

const request = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
