/// <reference path="../types/hyperdrive.d.ts" preserve="true" />
/**
 * The one file that imports hyperdrive: the key of a drive's blobs, and reading a drive that others wrote.
 */

import type { HypercoreManifest } from 'hypercore'
import Hyperdrive from 'hyperdrive'
import type { Core } from './hypercore.ts'
import type { Store } from './store.ts'

export type PlainDrive = Hyperdrive

/** Manifest of the blobs core that belongs to a drive's db core: derived from it, so one key names both. */
export function blobsManifest(db: Core): HypercoreManifest {
  if (!db.manifest) throw new Error('the db core has no manifest yet')
  return Hyperdrive.getContentManifest(db.manifest, db.key)
}

/** Key of the blobs core. */
export function blobsKey(db: Core): Uint8Array {
  if (!db.manifest) throw new Error('the db core has no manifest yet')
  return Hyperdrive.getContentKey(db.manifest, db.key)
}

/** A drive by key. Its cores must have been opened before, with `allowFork: false`, which hyperdrive does not pass on. */
export const openPlainDrive = (store: Store, key: Uint8Array): PlainDrive =>
  new Hyperdrive(store, key)
