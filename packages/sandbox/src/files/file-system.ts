/**
 * A service's files as one call sees them: its own changes, over uncommitted changes of earlier calls, over a cache, over the committed
 * files, which it reads synchronously. All operations take normal paths (see path.ts) and throw FileError.
 */
import type { FileStat, ListedFile } from '@vms/format'
import type { FileChange } from '../protocol/types.ts'
import { FilesCache, type KnownEntry } from './cache.ts'
import { FileError } from './file-error.ts'
import { Overlay } from './overlay.ts'
import { compareBytes, insidePrefix, parentPath } from './path.ts'

/** The committed files, read synchronously. */
export interface CommittedFiles {
  stat(path: string): FileStat | null
  read(path: string): Uint8Array | null
  list(path: string, recursive: boolean): ListedFile[]
}

export interface FileSystemOptions {
  readonly committed: CommittedFiles
  readonly cacheBytes: number
  /** Bytes of one file. */
  readonly fileBytes: number
  /** Called with the number of paths that the current call has changed; may throw to end the call. */
  readonly onChange: (paths: number, bytes: number) => void
}

/** The root directory has no entry of its own. */
const rootStat: FileStat = { kind: 'directory', size: 0, mtime: 0 }

export class FileSystem {
  readonly #overlay = new Overlay()
  readonly #cache: FilesCache
  readonly #options: FileSystemOptions
  /** Milliseconds: the modification time of the current call's writes. */
  #time = 0

  constructor(options: FileSystemOptions) {
    this.#options = options
    this.#cache = new FilesCache(options.cacheBytes)
  }

  begin(time: number): void {
    this.#time = time
    this.#overlay.discard()
  }

  /** Ends the current call and returns its changes, sorted. A path that did not exist before and does not exist now is not among them. */
  keep(position: number): FileChange[] {
    if (this.#overlay.size === 0) return []
    for (const path of this.#overlay.deleted()) {
      const before = this.#overlay.before(path)
      const stat = before === undefined ? this.#committedStat(path) : statBy(before)
      if (stat === null) this.#overlay.forget(path)
    }
    return this.#overlay.keep(position).sort((a, b) => compareBytes(a.path, b.path))
  }

  discard(): void {
    this.#overlay.discard()
  }

  /** Deletes a file before the call that `begin` began. The deletion stands whatever the call's outcome. */
  consume(path: string, position: number): void {
    this.#overlay.set({ path, kind: 'deleted' })
    this.#overlay.keep(position)
  }

  has(path: string): boolean {
    return this.#find(path) !== null
  }

  /** The committed files now include all changes at or before `position`. */
  committed(position: number): void {
    for (const change of this.#overlay.takeCommitted(position)) {
      const known = knownBy(change)
      this.#cache.setEntry(change.path, known)
      this.#cache.changeLists(change.path, known.stat)
    }
  }

  stat(path: string): FileStat {
    const stat = this.#find(path)
    if (stat === null) throw FileError.named('NotFoundError')
    return stat
  }

  readFile(path: string): Uint8Array {
    if (this.stat(path).kind === 'directory') throw FileError.named('NotAFileError')
    const change = this.#overlay.get(path)
    if (change?.kind === 'file') return change.data
    const known = this.#cache.entry(path)
    if (known !== undefined && known.data !== null) return known.data
    const data = this.#options.committed.read(path)
    if (data === null) throw FileError.named('NotFoundError')
    // The cache may have evicted the entry since `stat`, so this stores it again with its data.
    this.#cache.setEntry(path, { stat: this.stat(path), data })
    return data
  }

  /** Ordered by UTF-8 bytes. */
  readdir(path: string, recursive: boolean): ListedFile[] {
    if (this.stat(path).kind === 'file') throw FileError.named('NotAFolderError')
    const found = new Map<string, FileStat>()
    for (const { name, stat } of this.#committedList(path, recursive)) found.set(name, stat)
    const start = insidePrefix(path).length
    let sorted = true
    for (const change of this.#overlay.inside(path)) {
      const name = change.path.slice(start)
      if (!recursive && name.includes('/')) continue
      const stat = statBy(change)
      if (stat === null) found.delete(name)
      else {
        if (!found.has(name)) sorted = false
        found.set(name, stat)
      }
    }
    const list = Array.from(found, ([name, stat]) => ({ name, stat }))
    return sorted ? list : list.sort((a, b) => compareBytes(a.name, b.name))
  }

  /** Takes ownership of the bytes: the caller must not write to them again. */
  writeFile(path: string, data: Uint8Array): void {
    if (data.byteLength > this.#options.fileBytes) throw FileError.named('QuotaExceededError')
    if (this.#find(path)?.kind === 'directory') throw FileError.named('EntryAlreadyExistsError')
    this.#requireParent(path)
    this.#change({ path, kind: 'file', data, mtime: this.#time })
  }

  mkdir(path: string): void {
    if (this.#find(path) !== null) throw FileError.named('EntryAlreadyExistsError')
    this.#requireParent(path)
    this.#change({ path, kind: 'directory', mtime: this.#time })
  }

  unlink(path: string): void {
    if (this.stat(path).kind === 'directory') throw FileError.named('NotAFileError')
    this.#change({ path, kind: 'deleted' })
  }

  rmdir(path: string, recursive: boolean): void {
    if (this.stat(path).kind === 'file') throw FileError.named('NotAFolderError')
    if (path === '/') throw FileError.named('InvalidPathError')
    const inside = this.readdir(path, true)
    if (inside.length !== 0 && !recursive) throw FileError.named('DestDirectoryNotEmpty')
    for (const { name } of inside) this.#change({ path: `${path}/${name}`, kind: 'deleted' })
    this.#change({ path, kind: 'deleted' })
  }

  /** A file replaces a file. A directory is copied, with its contents, only to a path where nothing exists. */
  copy(source: string, target: string): void {
    this.#transfer(source, target)
  }

  rename(source: string, target: string): void {
    if (!this.#transfer(source, target)) return
    if (this.stat(source).kind === 'file') this.unlink(source)
    else this.rmdir(source, true)
  }

  /** Whether there is anything to transfer. */
  #transfer(source: string, target: string): boolean {
    const stat = this.stat(source)
    if (source === target) return false
    if (target.startsWith(insidePrefix(source))) throw FileError.named('InvalidPathError')
    if (stat.kind === 'file') {
      this.writeFile(target, this.readFile(source))
      return true
    }
    this.mkdir(target)
    for (const { name, stat } of this.readdir(source, true)) {
      if (stat.kind === 'directory') this.mkdir(`${target}/${name}`)
      else this.writeFile(`${target}/${name}`, this.readFile(`${source}/${name}`))
    }
    return true
  }

  #requireParent(path: string): void {
    if (this.#find(parentPath(path))?.kind !== 'directory') {
      throw FileError.named('ParentFolderDoesntExistError')
    }
  }

  #change(change: FileChange): void {
    this.#overlay.set(change)
    this.#options.onChange(this.#overlay.size, change.kind === 'file' ? change.data.byteLength : 0)
  }

  #find(path: string): FileStat | null {
    if (path === '/') return rootStat
    const change = this.#overlay.get(path)
    return change === undefined ? this.#committedStat(path) : statBy(change)
  }

  #committedStat(path: string): FileStat | null {
    const known = this.#cache.entry(path)
    if (known !== undefined) return known.stat
    const stat = this.#options.committed.stat(path)
    this.#cache.setEntry(path, { stat, data: null })
    return stat
  }

  #committedList(path: string, recursive: boolean): readonly ListedFile[] {
    // The parent does not know a directory that was made and is not committed yet.
    if (path !== '/' && this.#committedStat(path)?.kind !== 'directory') return []
    const known = this.#cache.list(path, recursive)
    if (known !== undefined) return known
    const list = this.#options.committed.list(path, recursive)
    this.#cache.setList(path, recursive, list)
    return list
  }
}

function statBy(change: FileChange): FileStat | null {
  switch (change.kind) {
    case 'file':
      return { kind: 'file', size: change.data.byteLength, mtime: change.mtime }
    case 'directory':
      return { kind: 'directory', size: 0, mtime: change.mtime }
    case 'deleted':
      return null
    default:
      return change satisfies never
  }
}

/** Copies small data, because they are parts of a larger buffer that the cache would keep alive. */
function knownBy(change: FileChange): KnownEntry {
  return { stat: statBy(change), data: change.kind === 'file' ? new Uint8Array(change.data) : null }
}
