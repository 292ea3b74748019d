/**
 * A ledger to read, from the directory of a stopped service, from a running host, or from the DHT. The auditor verifies what
 * this gives.
 */
import { join } from 'node:path'
import {
  type ArchiveSource,
  DOWNLOAD_BUDGETS,
  type DownloadBudgets,
  discoveryKeyOf,
  ForkClaimedError,
  ForkedError,
  ForkProbe,
  type joinSwarm,
  type LedgerSource,
  Replica,
  sodiumCrypto,
} from '@vms/auditor'
import { parseAddress } from '@vms/client'
import { GoneError, UsageError } from '../errors/errors.ts'
import type { BootstrapNode } from '../options/options.ts'
import { makeTempDirectory } from '../process/temp-directory.ts'
import { Connection } from './connection.ts'
import { fetchServiceInfo } from './host-info.ts'
import type { Link } from './link.ts'
import { replicateOver } from './replication-socket.ts'
import { isUnreachable } from './retry.ts'
import { openStoppedLedger } from './stopped-ledger.ts'
import { followOverDht } from './swarm-link.ts'
import type { ServiceTarget, Target } from './target.ts'

/** An open ledger. The function that opened it closes it. */
export interface OpenSource extends LedgerSource {
  readonly archive: ArchiveSource
  /** Asks for a longer head, and takes it. Resolves with whether there was one. */
  update(): Promise<boolean>
  /** Reconnects an ended connection. Rejects with {@link GoneError} if the ledger is no longer there. */
  reconnect(): Promise<void>
  /** Bytes downloaded so far. Missing for a ledger on this machine. */
  downloadedBytes?(): number
  close(): Promise<void>
}

export interface SourceOptions {
  /** Directory for the downloaded blocks. Default: a temporary one. */
  readonly dir?: string | undefined
  /** Nodes through which to join the DHT, for `vms://`. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[] | undefined
  readonly signal?: AbortSignal | undefined
  /** Whether the command follows the ledger. Then it looks for another peer as soon as the connection has ended. */
  readonly follow?: boolean
  /** Whether the command judges the ledger. Then a ledger with a wrong genesis opens, too. */
  readonly judged?: boolean
  /** Most bytes, and the lowest rate. Default: {@link DOWNLOAD_BUDGETS}. */
  readonly budgets?: Partial<DownloadBudgets>
}

/** Milliseconds without a peer, or without a byte from one, after which the ledger counts as unreachable. */
const SILENCE_MS = DOWNLOAD_BUDGETS.silenceMs

/** Opens the ledger that `target` names, up to its present head. */
export async function openSource(target: Target, options: SourceOptions = {}): Promise<OpenSource> {
  switch (target.kind) {
    case 'directory':
      return openDirectory(target.path, options.judged)
    case 'service': {
      const info = await fetchServiceInfo(target, options.signal)
      const key = target.ledger ?? keyOf(info.ledger)
      const connect = (replica: Followed) => replicateOver(target.url, replica, options.signal)
      return openReplica(key, options, {
        connect,
        beforeAnew: () => mustServe(target, key, options.signal),
        remake: true,
      })
    }
    case 'ledger':
      return openReplica(target.key, options, {
        connect: async (replica) =>
          followOverDht(
            target.url,
            'host' in target ? servedBy(replica, target.host) : replica,
            options.bootstrap,
            options.follow,
          ),
        remake: false,
      })
    case 'files':
      throw new UsageError(
        `${target.url} names files; give the address of a host, a ledger (vms://…) or a directory`,
      )
    default:
      return target satisfies never
  }
}

/** The key of the ledger that `target` names. Opens only a directory for it. */
export async function ledgerKeyOf(target: Target, signal?: AbortSignal): Promise<Uint8Array> {
  switch (target.kind) {
    case 'ledger':
      return target.key
    case 'service':
      return target.ledger ?? keyOf((await fetchServiceInfo(target, signal)).ledger)
    default: {
      const source = await openSource(target)
      await source.close()
      return source.key
    }
  }
}

/** Throws {@link GoneError} if the host now serves another ledger, which an address without a ledger's id allows. */
async function mustServe(
  target: ServiceTarget,
  key: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (target.ledger) return
  const { ledger } = await fetchServiceInfo(target, signal)
  if (Buffer.compare(keyOf(ledger), key) !== 0)
    throw new GoneError(target.url, `${target.url} serves another ledger by now: ${ledger}`)
}

function keyOf(url: string): Uint8Array {
  const address = parseAddress(url)
  if (address.kind === 'service') throw new TypeError(`${url} holds no key`)
  return address.key
}

async function openDirectory(path: string, judged = false): Promise<OpenSource> {
  const ledger = await openStoppedLedger(path, judged)
  const { key, manifest, head, archive } = ledger
  const source: LedgerSource = {
    key,
    manifest,
    head,
    entries: (start, end) => ledger.entries(start, end),
    roots: (length) => ledger.consistency(0, length),
  }
  return {
    ...source,
    archive: {
      lengths: () => archive.lengths(),
      treesAt: (dbLength, blobsLength) => archive.treesAt(dbLength, blobsLength),
      blocks: (core, start, end) => archive.blocks(core, start, end),
      later: async () => source,
    },
    update: async () => false,
    reconnect: async () => {},
    close: () => ledger.close(),
  }
}

/** A replica, or a probe of one: what replicates, and its topics on the DHT. */
type Followed = Pick<Replica, 'replicate' | 'topics'>

/** Milliseconds within which peers that claim another fork must show a signed head of it. */
const FORK_MS = 10_000

/** Always rejects: with the proof of the fork that all peers claim, or, if no peer shows one, with the claim. */
async function proveFork(
  claim: ForkClaimedError,
  directory: string,
  connect: (target: Followed) => Promise<Link>,
): Promise<never> {
  const { key } = claim
  const probe = await ForkProbe.open({ key, directory, crypto: sodiumCrypto })
  try {
    const link = await connect(probe)
    const proof = await probe.proof(FORK_MS)
    link.close()
    throw proof ? new ForkedError(key, Promise.resolve(proof)) : claim
  } finally {
    await probe.close()
  }
}

interface Connecting {
  readonly connect: (target: Followed) => Promise<Link>
  readonly beforeAnew?: () => Promise<void>
  /** Whether to reconnect a broken connection. A swarm reconnects by itself. */
  readonly remake: boolean
}

async function openReplica(
  key: Uint8Array,
  { dir, signal, judged = false, budgets = {}, follow = false }: SourceOptions,
  { connect, beforeAnew = async () => {}, remake }: Connecting,
): Promise<OpenSource> {
  await using opened = new AsyncDisposableStack()
  const place = opened.adopt(await makeTempDirectory(dir), (made) => made.remove())
  const replica: Replica = opened.adopt(
    await Replica.open({
      key,
      directory: join(place.path, 'replica'),
      crypto: sodiumCrypto,
      anyGenesis: judged,
      budgets,
      received: () => connection.received ?? replica.receivedBytes,
    }),
    (each) => each.close(),
  )
  const connection = new Connection({
    connect: () => connect(replica),
    beforeAnew,
    arrived: () => replica.blockBytes,
    // The command that follows a ledger reports the lost connection, and reconnects for ever.
    remake: remake && !follow,
    signal,
  })
  opened.defer(() => connection.close())
  await connection.open()
  const timeoutMs = budgets.silenceMs ?? SILENCE_MS
  const catchUp = (): Promise<unknown> => connection.while(() => replica.update({ timeoutMs }))
  await catchUp().catch((error: unknown) => {
    if (error instanceof ForkClaimedError)
      return proveFork(error, join(place.path, 'claimed'), connect)
    throw error
  })
  let head = present(replica)
  const owned = opened.move()
  return {
    key: replica.key,
    manifest: replica.manifest,
    get head() {
      return head
    },
    entries: (start, end) => connection.each((next) => replica.entries(next, end), start),
    roots: (length) => connection.while(() => replica.roots(length)),
    subtrees: (from, to) => replica.subtrees(from, to),
    downloadedBytes: () => replica.downloadedBytes,
    archive: archiveOf(replica, connection, timeoutMs),
    async update() {
      await catchUp()
      const { length } = head
      head = present(replica)
      return head.length > length
    },
    async reconnect() {
      await connection.close()
      await beforeAnew()
      await connection.open()
    },
    close: () => owned.disposeAsync(),
  }
}

/** The replica with the topic of the ledger with the key `host`: it connects to the peers that serve that ledger. */
const servedBy = (replica: Followed, host: Uint8Array): Parameters<typeof joinSwarm>[0] => ({
  topics: [discoveryKeyOf(host)],
  replicate: (stream) => replica.replicate(stream),
})

function present({ head }: Replica) {
  if (!head) throw new TypeError('nothing of the ledger has arrived')
  return head
}

/** Milliseconds to wait for a newer head, if the files have grown since the audited one. */
const LATER_MS = 2_000

/** The result of `work`; null if no peer answered in time, because the auditor itself knows which block is missing. */
async function unlessUnreachable<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (isUnreachable(error)) return null
    throw error
  }
}

function archiveOf(replica: Replica, connection: Connection, timeoutMs: number): ArchiveSource {
  return {
    treesAt: (dbLength, blobsLength) =>
      unlessUnreachable(
        connection.while(() => replica.filesTrees(dbLength, blobsLength, { timeoutMs })),
      ),
    lengths: () => connection.while(() => replica.filesLengths({ timeoutMs })),
    blocks: (core, start, end) =>
      connection.each((next) => replica.fileBlocks(core, next, end), start),
    async later() {
      const atLeast = replica.length + 1
      await unlessUnreachable(
        connection.while(() => replica.update({ atLeast, timeoutMs: LATER_MS })),
      )
      const { key, manifest } = replica
      return {
        key,
        manifest,
        head: present(replica),
        entries: (start, end) => connection.each((next) => replica.entries(next, end), start),
        roots: (length) => connection.while(() => replica.roots(length)),
      }
    },
  }
}
