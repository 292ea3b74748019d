/** The files of a service, from its directory, from a running host, or by their key from the DHT. */
import { join } from 'node:path'
import { RemoteFiles } from '@vms/auditor'
import { abortable } from '../process/abortable.ts'
import { makeTempDirectory } from '../process/temp-directory.ts'
import { type Link, whileLinked } from './link.ts'
import { replicateOver } from './replication-socket.ts'
import { openSource, type SourceOptions } from './source.ts'
import { openStoppedLedger } from './stopped-ledger.ts'
import { followOverDht } from './swarm-link.ts'
import type { Target } from './target.ts'

export interface FileStat {
  readonly kind: 'file' | 'directory'
  /** Size in bytes. */
  readonly size: number
  /** Time of the last write, in milliseconds since 1970. */
  readonly mtime: number
}

/** Open files. Paths are absolute, without `.` and `..`; the root has no entry. The function that opened them closes them. */
export interface OpenFiles {
  stat(path: string): Promise<FileStat | null>
  read(path: string): Promise<Uint8Array | null>
  /** The files and directories below `path`, with names relative to it. */
  list(
    path: string,
    options: { readonly recursive: boolean },
  ): Promise<readonly { readonly name: string; readonly stat: FileStat }[]>
  close(): Promise<void>
}

/** Opens the files that `target` names, or those of the service that it names, in their newest version. */
export async function openFiles(target: Target, options: SourceOptions): Promise<OpenFiles> {
  switch (target.kind) {
    case 'directory': {
      const ledger = await openStoppedLedger(target.path)
      const { files } = ledger
      return {
        stat: (path) => files.stat(path),
        read: (path) => files.read(path),
        list: (path, how) => files.list(path, how),
        close: () => ledger.close(),
      }
    }
    case 'service': {
      const key = await provenFilesKey(target, options)
      return openRemote(key, options, (remote) => replicateOver(target.url, remote, options.signal))
    }
    case 'ledger': {
      const key = await provenFilesKey(target, options)
      return openFiles({ kind: 'files', key, url: target.url, path: '/' }, options)
    }
    case 'files':
      return openRemote(target.key, options, async (remote) =>
        followOverDht(target.url, remote, options.bootstrap),
      )
    default:
      return target satisfies never
  }
}

/** The key of the files. The ledger's key commits to it; the host's own description would be no proof. */
async function provenFilesKey(target: Target, options: SourceOptions): Promise<Uint8Array> {
  const ledger = await openSource(target, options)
  const { filesKey } = ledger.manifest
  await ledger.close()
  return filesKey
}

async function openRemote(
  key: Uint8Array,
  { dir, signal, budgets = {} }: SourceOptions,
  connect: (remote: RemoteFiles) => Promise<Link>,
): Promise<OpenFiles> {
  await using opened = new AsyncDisposableStack()
  const place = opened.adopt(await makeTempDirectory(dir), (made) => made.remove())
  let link: Link | null = null
  const remote: RemoteFiles = opened.adopt(
    await RemoteFiles.open({
      key,
      directory: join(place.path, 'files'),
      budgets,
      received: () => link?.received?.() ?? remote.blockBytes,
    }),
    (each) => each.close(),
  )
  const connected = await connect(remote)
  link = connected
  opened.defer(async () => {
    await connected.close()
  })
  const answer = <T>(work: Promise<T>): Promise<T> =>
    abortable(whileLinked(work, connected), signal)
  await answer(remote.update())
  const owned = opened.move()
  return {
    stat: (path) => answer(remote.stat(path)),
    read: (path) => answer(remote.read(path)),
    list: (path, how) => answer(remote.list(path, how)),
    close: () => owned.disposeAsync(),
  }
}
