/**
 * Recorded stores: directories of hosts as a release wrote them, one compressed file each under the number of the release (`next` is
 * the release to come). Every later release must open them, verify them and go on with them.
 *
 * A file is compressed by gzip. Its first line is JSON, `[path, bytes]` for each file of the directory. The contents follow, in this order.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Crypto, KeyPair } from '@vms/format'

/** The folder of the stores of the release to come. */
export const NEXT_STORES = 'next'

/** The kinds of directories that each release records. */
export const STORE_KINDS = ['service', 'host'] as const

export type StoreKind = (typeof STORE_KINDS)[number]

/** Who upgraded the service and administers the host: the key is known, so that a test can do so too. */
export const storeAdmin = (crypto: Crypto): KeyPair => crypto.keyPair(new Uint8Array(32).fill(1))

/** Beside the service's own files: the request that was refused for good, of the admin. */
export const REFUSED_REQUEST = 'refused-request'

/** Files that hold nothing of the store: RocksDB's log of what it does, which names the machine, and what ties a store to its place. */
const LEFT_OUT = /^(LOG|LOG\.old\..*|LOCK|CORESTORE|holder\.json)$/

const folder = (release: string): URL => new URL(`${release}/`, import.meta.url)

/** The releases that have recorded stores. */
export const storeReleases = (): string[] =>
  readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter((item) => item.isDirectory())
    .map(({ name }) => name)

export const hasStore = (release: string, kind: StoreKind): boolean =>
  existsSync(new URL(`${kind}.gz`, folder(release)))

/** Records the directory of a host that was closed. */
export function writeStore(release: string, kind: StoreKind, directory: string): void {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile() && !LEFT_OUT.test(item.name))
    .map((item) => path.join(item.parentPath, item.name))
    .sort()
  const contents = files.map((file) => readFileSync(file))
  const index = files.map((file, i) => [
    path.relative(directory, file).split(path.sep).join('/'),
    contents[i]?.length,
  ])
  const head = Buffer.from(`${JSON.stringify(index)}\n`)
  mkdirSync(folder(release), { recursive: true })
  writeFileSync(
    new URL(`${kind}.gz`, folder(release)),
    gzipSync(Buffer.concat([head, ...contents]), { level: 9 }),
  )
}

/** Unpacks a recorded store into a directory. It lacks what ties a store to its place, so a host goes on with it as with the original. */
export function unpackStore(release: string, kind: StoreKind, directory: string): void {
  const data = gunzipSync(readFileSync(new URL(`${kind}.gz`, folder(release))))
  const end = data.indexOf('\n')
  const index = JSON.parse(data.toString('utf8', 0, end)) as [name: string, bytes: number][]
  let at = end + 1
  for (const [name, bytes] of index) {
    const file = path.join(directory, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, data.subarray(at, at + bytes), { mode: 0o600 })
    at += bytes
  }
}
