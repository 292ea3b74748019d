/**
 * The cores of one service in one store: the ledger, and the drive's db and blobs. Each is open twice: for writing, as a session of
 * one atom, so that all reach the disk together; and for reading and replication.
 */
import { type Crypto, type LedgerManifest, ledgerKey } from '@vms/format'
import {
  type Core,
  coreKey,
  ledgerCoreManifest,
  plainManifest,
  skipHints,
} from '../engine/hypercore.ts'
import { blobsManifest } from '../engine/hyperdrive.ts'
import { type Atom, openCore, type Store } from '../engine/store.ts'

/** Writing sessions of the cores, and the atom that they share. */
export interface WritingCores {
  readonly atom: Atom
  readonly log: Core
  readonly db: Core
  readonly blobs: Core
}

/** The cores of a service. */
export interface ServiceCores {
  readonly key: Uint8Array
  readonly manifest: LedgerManifest
  readonly log: Core
  readonly db: Core
  readonly blobs: Core
}

/** The key pair that signs a ledger's heads: the same for the same store. */
export const ledgerKeys = (store: Store) => store.createKeyPair('ledger')

/**
 * Opens the cores of the service whose block 0 has the hash `genesisHash`, and creates missing ones. Key pairs
 * come from the store's seed, so the same store and genesis give the same keys.
 */
export async function openCores(
  crypto: Crypto,
  store: Store,
  genesisHash: Uint8Array,
): Promise<ServiceCores> {
  const [logKeys, filesKeys] = await Promise.all([ledgerKeys(store), store.createKeyPair('files')])
  const filesManifest = plainManifest(filesKeys.publicKey)
  const manifest: LedgerManifest = {
    signer: Uint8Array.from(logKeys.publicKey),
    filesKey: Uint8Array.from(coreKey(filesManifest)),
    genesisHash,
  }
  // Inactive: a core with one writer has nothing to ask of peers, it only answers.
  const options = { active: false }
  const log = await openCore(store, {
    ...options,
    manifest: ledgerCoreManifest(manifest),
    keyPair: logKeys,
  })
  const db = await openCore(store, { ...options, manifest: filesManifest, keyPair: filesKeys })
  const blobs = await openCore(store, {
    ...options,
    manifest: blobsManifest(db),
    keyPair: filesKeys,
  })
  for (const core of [log, db, blobs]) skipHints(core)
  const key = ledgerKey(crypto, manifest)
  if (Buffer.compare(key, log.key) !== 0) {
    throw new Error('hypercore and the specification disagree about the ledger key')
  }
  return { key, manifest, log, db, blobs }
}

/** Sessions to write through. There may be one writer only: a write outside of these sessions would be lost. */
export async function writingSessions(store: Store, cores: ServiceCores): Promise<WritingCores> {
  const atom = store.storage.createAtom()
  const session = async (core: Core): Promise<Core> => {
    const writing = core.session({ atom, wait: false, active: false })
    await writing.ready()
    return writing
  }
  return {
    atom,
    log: await session(cores.log),
    db: await session(cores.db),
    blobs: await session(cores.blobs),
  }
}
