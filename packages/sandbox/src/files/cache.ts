/** The child's cache of committed files: entries and lists. It evicts the least recently used first. No script can observe its contents. */
import type { FileStat, ListedFile } from '@vms/format'
import { compareBytes, insidePrefix, parentPath } from './path.ts'

/** A committed path; null means that nothing exists there. The first read adds `data`. */
export interface KnownEntry {
  readonly stat: FileStat | null
  readonly data: Uint8Array | null
}

interface KnownList {
  cost: number
  /** Ordered by the UTF-8 bytes of the names. */
  readonly list: ListedFile[]
}

type Known = { cost: number; entry: KnownEntry } | KnownList

/** Bytes that an entry takes besides its data and name, roughly. */
const overheadBytes = 200

export class FilesCache {
  /** Keys: a path for its entry, `<` + path for its list, `<<` + path for its recursive list. In order of last use. */
  readonly #known = new Map<string, Known>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  entry(path: string): KnownEntry | undefined {
    const known = this.#use(path)
    return known !== undefined && 'entry' in known ? known.entry : undefined
  }

  list(path: string, recursive: boolean): readonly ListedFile[] | undefined {
    const known = this.#use(listKey(path, recursive))
    return known !== undefined && 'list' in known ? known.list : undefined
  }

  setEntry(path: string, entry: KnownEntry): void {
    this.#set(path, {
      cost: overheadBytes + 2 * path.length + (entry.data?.byteLength ?? 0),
      entry,
    })
  }

  /** Takes ownership of the list and changes it in place. */
  setList(path: string, recursive: boolean, list: ListedFile[]): void {
    let cost = overheadBytes + 2 * path.length
    for (const { name } of list) cost += costOf(name)
    this.#set(listKey(path, recursive), { cost, list })
  }

  /** Puts a changed path into each list that holds it or should hold it. `stat` is null for a deleted path. */
  changeLists(path: string, stat: FileStat | null): void {
    if (path === '/') return
    let directory = parentPath(path)
    this.#change(listKey(directory, false), path.slice(insidePrefix(directory).length), stat)
    for (;;) {
      this.#change(listKey(directory, true), path.slice(insidePrefix(directory).length), stat)
      if (directory === '/') return
      directory = parentPath(directory)
    }
  }

  get bytes(): number {
    return this.#bytes
  }

  #change(key: string, name: string, stat: FileStat | null): void {
    const known = this.#known.get(key)
    if (known === undefined || !('list' in known)) return
    const { list } = known
    const at = placeOf(name, list)
    const isThere = list[at]?.name === name
    if (!isThere && stat === null) return
    list.splice(at, isThere ? 1 : 0, ...(stat === null ? [] : [{ name, stat }]))
    const grown = (stat === null ? 0 : costOf(name)) - (isThere ? costOf(name) : 0)
    known.cost += grown
    this.#bytes += grown
    if (known.cost > this.#maxBytes) this.#delete(key)
    this.#shrink()
  }

  #use(key: string): Known | undefined {
    const known = this.#known.get(key)
    if (known === undefined) return undefined
    this.#known.delete(key)
    this.#known.set(key, known)
    return known
  }

  #set(key: string, known: Known): void {
    this.#delete(key)
    if (known.cost > this.#maxBytes) return
    this.#known.set(key, known)
    this.#bytes += known.cost
    this.#shrink()
  }

  #shrink(): void {
    for (const oldest of this.#known.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#delete(oldest)
    }
  }

  #delete(key: string): void {
    const known = this.#known.get(key)
    if (known === undefined) return
    this.#known.delete(key)
    this.#bytes -= known.cost
  }
}

const costOf = (name: string): number => overheadBytes + 2 * name.length

/** Index of a name in a list, or the index at which it belongs. */
function placeOf(name: string, list: readonly ListedFile[]): number {
  let [start, end] = [0, list.length]
  while (start < end) {
    const middle = (start + end) >> 1
    if (compareBytes((list[middle] as ListedFile).name, name) < 0) start = middle + 1
    else end = middle
  }
  return start
}

/** No path begins with `<`. */
function listKey(path: string, recursive: boolean): string {
  return recursive ? `<<${path}` : `<${path}`
}
