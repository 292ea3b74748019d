/** The parts of a service's directory, opened and checked against each other. */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { type Crypto, headSignable, type SignedHead, sameBytes, verifyHead } from '@vms/format'
import { ReplicationGate } from '../commit/replication-gate.ts'
import { WalSync } from '../commit/wal-sync.ts'
import {
  ledgerKeys,
  openCores,
  type ServiceCores,
  type WritingCores,
  writingSessions,
} from '../cores/cores.ts'
import { GroupHeads } from '../cores/group-heads.ts'
import { TreeNodeCache } from '../cores/tree-node-cache.ts'
import { type Core, readDriveSigner, storedSignature } from '../engine/hypercore.ts'
import { holdsBlocks, openStore, openUnusedStore, type Store, syncStore } from '../engine/store.ts'
import {
  LedgerDamagedError,
  LedgerExistsError,
  LedgerLockedError,
  NoLedgerError,
} from '../errors/errors.ts'
import { Drive } from '../files/drive.ts'
import { checkedBlocks, type ReadBlocks, storedBlocks } from '../reading/checked-blocks.ts'
import { readEntry } from '../reading/entries.ts'
import { type SyncFd, syncPath } from '../store/durable.ts'
import { type HeadRecord, sameFiles } from '../store/head-record.ts'
import { readLockHolder, removeLockHolder, writeLockHolder } from '../store/lock-holder.ts'
import {
  createPublishedHead,
  hasPublishedHead,
  PublishedHead,
  readPublishedHead,
} from '../store/published-head.ts'
import { readServiceFile, writeServiceFile } from '../store/service-file.ts'

/** An open directory. */
export interface OpenDirectory extends ServiceCores {
  readonly crypto: Crypto
  readonly directory: string
  /** The writing sessions; null if the directory is open for reading only. */
  readonly writing: WritingCores | null
  readonly drive: Drive
  /** The ledger's blocks. */
  readonly readLog: ReadBlocks
  readonly heads: GroupHeads
  readonly tree: TreeNodeCache
  readonly gate: ReplicationGate
  readonly wal: WalSync
  /** The file of the published head; null if the directory is open for reading only. */
  readonly published: PublishedHead | null
  /** Record of the last group, null before the first. */
  readonly last: HeadRecord | null
  readonly genesisHash: Uint8Array
  close(): Promise<void>
}

interface Options {
  readonly crypto: Crypto
  readonly syncFd?: SyncFd
}

/** Takes the public key that signs the ledger's heads, and returns block 0. */
export type GenesisOf = (signer: Uint8Array) => Uint8Array

/** Makes a service in a directory that has none. See `Ledger.create`. */
export async function createService(
  directory: string,
  options: Options & { readonly genesis: GenesisOf },
): Promise<OpenDirectory> {
  const { crypto, genesis } = options
  // The store holds secret keys.
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const present = await readServiceFile(directory)
  if (!present && (await hasPublishedHead(directory)))
    throw new LedgerDamagedError(directory, 'service.json is not there, and heads were signed')
  const store = present ? await openStore(directory) : await openUnusedStore(directory)
  try {
    await writeLockHolder(directory)
    if (present)
      await assertUnused(directory, await openCores(crypto, store, present.genesis), crypto)
    if (await holdsBlocks(store)) {
      const what = 'its store holds a history, and service.json does not go with it'
      throw new LedgerDamagedError(directory, what)
    }
    await createPublishedHead(directory)
    const { publicKey } = await ledgerKeys(store)
    const hash = crypto.hash(genesis(Uint8Array.from(publicKey)))
    const service = await assemble(directory, store, hash, options)
    // The seed of the keys must be on the disk before the file that names them.
    await service.wal.sync()
    await syncStore(directory)
    await syncPath(path.dirname(path.resolve(directory)))
    const { key, manifest } = service
    await writeServiceFile(directory, {
      ledger: key,
      files: manifest.filesKey,
      genesis: manifest.genesisHash,
    })
    return service
  } catch (error) {
    await abandon(directory, store)
    throw error
  }
}

/** Opens the service of a directory and checks that its parts fit together. See `Ledger.open`. */
export async function openService(
  directory: string,
  options: Options & { readonly readOnly?: boolean },
): Promise<OpenDirectory> {
  const present = await readServiceFile(directory)
  if (!present) throw new NoLedgerError(directory)
  const readOnly = options.readOnly ?? false
  if (readOnly) {
    const pid = await readLockHolder(directory)
    if (pid !== null) throw new LedgerLockedError(directory, pid)
  }
  const store = await openStore(directory, { readOnly })
  try {
    if (!readOnly) await writeLockHolder(directory)
    const service = await assemble(directory, store, present.genesis, { ...options, readOnly })
    const { filesKey } = service.manifest
    if (!sameBytes(service.key, present.ledger) || !sameBytes(filesKey, present.files)) {
      throw new LedgerDamagedError(directory, 'the store has other keys than service.json')
    }
    const published = await readTold(directory, options.crypto, service)
    if (service.log.length === 0 && !published) throw new NoLedgerError(directory)
    await check(service, published)
    return service
  } catch (error) {
    await abandon(directory, store, readOnly)
    throw error
  }
}

async function assemble(
  directory: string,
  store: Store,
  genesisHash: Uint8Array,
  options: Options & { readonly readOnly?: boolean },
): Promise<OpenDirectory> {
  const { crypto, syncFd, readOnly } = options
  const cores = await openCores(crypto, store, genesisHash)
  const writing = readOnly ? null : await writingSessions(store, cores)
  const { log, db, blobs } = writing ?? cores
  const heads = new GroupHeads(cores.log)
  const drive = await (readOnly ? Drive.openChecked : Drive.open)(crypto, db, blobs)
  const gate = new ReplicationGate()
  const wal = new WalSync(store, syncFd)
  const published = readOnly ? null : await PublishedHead.open(directory)
  return {
    ...cores,
    crypto,
    directory,
    writing,
    drive,
    readLog: readOnly ? checkedBlocks(crypto, cores.log, 'entry') : storedBlocks(cores.log),
    heads,
    tree: new TreeNodeCache(crypto, cores.log, log.state.roots),
    gate,
    wal,
    published,
    last: await heads.get(log.length),
    genesisHash,
    async close() {
      gate.destroy()
      await drive.close()
      await wal.close()
      await published?.close()
      await abandon(directory, store, readOnly)
    },
  }
}

async function abandon(directory: string, store: Store, readOnly = false): Promise<void> {
  await store.close()
  if (!readOnly) await removeLockHolder(directory)
}

const readTold = async (
  directory: string,
  crypto: Crypto,
  { key, manifest }: ServiceCores,
): Promise<SignedHead | null> =>
  await readPublishedHead(directory, (head) => verifyHead(crypto, key, manifest, head))

// Only a directory whose ledger never had its first commit may be made anew.
async function assertUnused(directory: string, cores: ServiceCores, crypto: Crypto): Promise<void> {
  if (cores.log.length > 0) throw new LedgerExistsError(directory)
  const published = await readTold(directory, crypto, cores)
  if (published) throw new LedgerDamagedError(directory, shortened(0, published))
}

const shortened = (length: number, published: SignedHead): string =>
  `its write-ahead log ends after entry ${length}, and a head of ${published.length} entries was signed`

// A core without blocks has no signature.
function holdsSignature({ crypto, db }: OpenDirectory, core: Core): boolean {
  if (core.length === 0) return true
  const signer = readDriveSigner(db)
  const signable = headSignable(core.key, core.length, core.state.hash())
  return signer !== null && crypto.verify(signable, storedSignature(core), signer)
}

// A crash causes none of these contradictions; a restored file or a bad disk can.
async function check(service: OpenDirectory, published: SignedHead | null): Promise<void> {
  const { directory, crypto, key, manifest, log, drive, last, genesisHash } = service
  const damaged = (what: string): LedgerDamagedError => new LedgerDamagedError(directory, what)
  for (const core of [log, service.db, service.blobs]) {
    if (core.recovering) throw damaged('its write-ahead log was lost')
    if (core.fork !== 0) throw damaged('a core was truncated')
  }
  if (published && log.length < published.length) throw damaged(shortened(log.length, published))
  if (!last || !sameBytes(last.treeHash, log.state.hash())) {
    throw damaged('the heads do not go with the ledger')
  }
  if (!verifyHead(crypto, key, manifest, last)) throw damaged("its head's signature does not hold")
  const then = published && (await service.heads.get(published.length))
  if (published && !(then && sameBytes(then.treeHash, published.treeHash))) {
    throw damaged('the ledger is another one than that whose head was signed')
  }
  if (!sameFiles(last.files, drive.head)) throw damaged('the files do not go with the ledger')
  const unsigned = [service.db, service.blobs].some((core) => !holdsSignature(service, core))
  if (unsigned) throw damaged("its files' signature does not hold")
  // For an audit, open the directory even if its genesis is wrong: the host signed it, so the audit must report it.
  if (!service.writing) return
  if (!sameBytes(crypto.hash(await readEntry(service.readLog, 0)), genesisHash)) {
    throw damaged('its genesis is not the one that its key commits to')
  }
}
