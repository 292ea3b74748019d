/**
 * What the child knows of the committed files: entries and lists that it has seen, least recently used first out. Nothing that a
 * script can see depends on what is in here.
 */
import type { FileStat, ListedFile } from '@vms/format'
import { parentPath } from './path.ts'

/** A committed path: null means that there is nothing. `data` comes with the first read. */
export interface KnownEntry {
  readonly stat: FileStat | null
  readonly data: Uint8Array | null
}

type Known = { cost: number; entry: KnownEntry } | { cost: number; list: readonly ListedFile[] }

/** Bytes that an entry takes beside its data and name, roughly. */
const overheadBytes = 200

export class FilesCache {
  /** Keys: a path for its entry, `<` + path for its list, `<<` + path for its recursive list. In order of use. */
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

  setList(path: string, recursive: boolean, list: readonly ListedFile[]): void {
    let cost = overheadBytes + 2 * path.length
    for (const { name } of list) cost += overheadBytes + 2 * name.length
    this.#set(listKey(path, recursive), { cost, list })
  }

  /** A path has changed: it is in no list as it was. */
  dropListsOf(path: string): void {
    if (path === '/') return
    let directory = parentPath(path)
    this.#delete(listKey(directory, false))
    for (;;) {
      this.#delete(listKey(directory, true))
      if (directory === '/') return
      directory = parentPath(directory)
    }
  }

  get bytes(): number {
    return this.#bytes
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

/** No path begins with `<`. */
function listKey(path: string, recursive: boolean): string {
  return recursive ? `<<${path}` : `<${path}`
}
