/**
 * A ledger to read, wherever its bytes come from: a stopped service's directory, a running host's WebSocket, the DHT.
 * Nothing that it gives is trusted: the auditor checks it.
 */
import { join } from 'node:path'
import {
  type ArchiveSource,
  joinSwarm,
  type LedgerSource,
  Replica,
  sodiumCrypto,
} from '@vms/auditor'
import { parseAddress } from '@vms/client'
import { abortable } from './abortable.ts'
import { UsageError } from './errors.ts'
import { fetchServiceInfo } from './host-info.ts'
import type { BootstrapNode } from './options.ts'
import { replicateOver } from './replication-socket.ts'
import { openStoppedLedger } from './stopped-ledger.ts'
import type { Target } from './target.ts'
import { makeTempDirectory } from './temp-directory.ts'

/** An open ledger. Whoever opens it closes it. */
export interface OpenSource extends LedgerSource {
  readonly archive: ArchiveSource
  /** Looks for a longer head, and moves on to it; whether there was one. */
  update(): Promise<boolean>
  close(): Promise<void>
}

export interface SourceOptions {
  /** Directory to keep what is downloaded in. Default: a temporary one. */
  readonly dir?: string
  /** Nodes of the DHT, for `vms://`. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[]
  readonly signal?: AbortSignal
}

/** Milliseconds without a peer, or without anything from one, after which a ledger counts as unreachable. */
export const SILENCE_MS = 30_000

/** Opens what `target` names, up to its present head. */
export async function openSource(target: Target, options: SourceOptions = {}): Promise<OpenSource> {
  switch (target.kind) {
    case 'directory':
      return openDirectory(target.path)
    case 'service': {
      const info = await fetchServiceInfo(target, options.signal)
      const key = target.ledger ?? keyOf(info.ledger)
      return openReplica(key, options, (replica) => replicateOver(target.url, replica))
    }
    case 'ledger':
      return openReplica(target.key, options, (replica) =>
        Promise.resolve(
          joinSwarm(replica, {
            announce: false,
            ...(options.bootstrap && { bootstrap: options.bootstrap }),
          }),
        ),
      )
    case 'files':
      throw new UsageError(
        `${target.url} names files; give the address of a host, a ledger (vms://…) or a directory`,
      )
    default:
      return target satisfies never
  }
}

function keyOf(url: string): Uint8Array {
  const address = parseAddress(url)
  if (address.kind === 'service') throw new TypeError(`${url} holds no key`)
  return address.key
}

async function openDirectory(path: string): Promise<OpenSource> {
  const ledger = await openStoppedLedger(path)
  return {
    key: ledger.key,
    manifest: ledger.manifest,
    head: ledger.head,
    entries: (start, end) => ledger.entries(start, end),
    archive: {
      async hashesAt(dbLength, blobsLength) {
        const { filesHead } = ledger
        return filesHead.dbLength < dbLength || filesHead.blobsLength < blobsLength
          ? null
          : filesHead
      },
    },
    update: async () => false,
    close: () => ledger.close(),
  }
}

async function openReplica(
  key: Uint8Array,
  { dir, signal }: SourceOptions,
  connect: (replica: Replica) => Promise<{ close(): unknown }>,
): Promise<OpenSource> {
  const place = await makeTempDirectory(dir)
  const replica = await Replica.open({
    key,
    directory: join(place.path, 'replica'),
    crypto: sodiumCrypto,
  })
  let link: { close(): unknown } | null = null
  const close = async (): Promise<void> => {
    await link?.close()
    await replica.close()
    await place.remove()
  }
  try {
    link = await connect(replica)
    await abortable(replica.update({ timeoutMs: SILENCE_MS }), signal)
    let head = present(replica)
    return {
      key: replica.key,
      manifest: replica.manifest,
      get head() {
        return head
      },
      entries: (start, end) => replica.entries(start, end, { timeoutMs: SILENCE_MS }),
      archive: archiveOf(replica),
      async update() {
        await abortable(replica.update({ timeoutMs: SILENCE_MS }), signal)
        const { length } = head
        head = present(replica)
        return head.length > length
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function present({ head }: Replica) {
  if (!head) throw new TypeError('nothing of the ledger has arrived')
  return head
}

const archiveOf = (replica: Replica): ArchiveSource => ({
  async hashesAt(dbLength, blobsLength) {
    try {
      return await replica.filesHead(dbLength, blobsLength, { timeoutMs: SILENCE_MS })
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_VMS_UNREACHABLE') return null
      throw error
    }
  },
})
