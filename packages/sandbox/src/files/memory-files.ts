/** Committed files in memory, for tests and for users of a machine without a ledger. */

import type { FileEvent, FileStat, FilesPort, HistoryOptions, ListedFile } from '@vms/format'
import type { FileChange } from '../protocol/types.ts'
import { compareBytes, insidePrefix } from './path.ts'

type Entry = Exclude<FileChange, { kind: 'deleted' }>

export class MemoryFiles implements FilesPort {
  readonly #entries = new Map<string, Entry>()
  readonly #history: FileEvent[] = []

  /** Stores the changes of calls. `version`: the index at which their group began, as a file's history shows it. */
  commit(changes: readonly FileChange[], version: number): void {
    for (const change of changes) {
      const { path } = change
      if (change.kind === 'deleted') this.#entries.delete(path)
      else this.#entries.set(path, change)
      this.#history.push({ path, version, type: change.kind === 'deleted' ? 'del' : 'put' })
    }
  }

  async stat(path: string): Promise<FileStat | null> {
    const entry = this.#entries.get(path)
    return entry === undefined ? null : statOf(entry)
  }

  async read(path: string): Promise<Uint8Array | null> {
    const entry = this.#entries.get(path)
    return entry?.kind === 'file' ? entry.data : null
  }

  async list(path: string, options: { recursive: boolean }): Promise<ListedFile[]> {
    const prefix = insidePrefix(path)
    const list: ListedFile[] = []
    for (const entry of this.#entries.values()) {
      if (!entry.path.startsWith(prefix)) continue
      const name = entry.path.slice(prefix.length)
      if (options.recursive || !name.includes('/')) list.push({ name, stat: statOf(entry) })
    }
    return list.sort((a, b) => compareBytes(a.name, b.name))
  }

  async history({
    start = 0,
    end = Number.POSITIVE_INFINITY,
    reverse = false,
  }: HistoryOptions): Promise<FileEvent[]> {
    const items = this.#history.filter(({ version }) => version >= start && version < end)
    return reverse ? items.reverse() : items
  }
}

function statOf(entry: Entry): FileStat {
  const size = entry.kind === 'file' ? entry.data.byteLength : 0
  return { kind: entry.kind, size, mtime: entry.mtime }
}
