/** Uncommitted changes in two layers: the current call's changes, over those of finished calls. */
import type { FileChange } from '../protocol/types.ts'
import { insidePrefix } from './path.ts'

export class Overlay {
  /** Changes of the current call; dropped if it throws. */
  #call = new Map<string, FileChange>()
  /** Changes of finished calls. `position`: ledger position of the last call that changed the path. */
  readonly #finished = new Map<string, { change: FileChange; position: number }>()

  get(path: string): FileChange | undefined {
    return this.#call.get(path) ?? this.#finished.get(path)?.change
  }

  /** The change to a path before the current call began. */
  before(path: string): FileChange | undefined {
    return this.#finished.get(path)?.change
  }

  set(change: FileChange): void {
    this.#call.set(change.path, change)
  }

  /** Paths that the current call has deleted. */
  deleted(): string[] {
    const paths: string[] = []
    for (const [path, { kind }] of this.#call) if (kind === 'deleted') paths.push(path)
    return paths
  }

  /** Drops the current call's change to a path. */
  forget(path: string): void {
    this.#call.delete(path)
  }

  /** Number of paths that the current call has changed. */
  get size(): number {
    return this.#call.size
  }

  /** Every change below a directory, newer layer last. */
  *inside(directory: string): Iterable<FileChange> {
    const prefix = insidePrefix(directory)
    for (const [path, { change }] of this.#finished) if (path.startsWith(prefix)) yield change
    for (const [path, change] of this.#call) if (path.startsWith(prefix)) yield change
  }

  /** Ends the current call and keeps its changes. */
  keep(position: number): FileChange[] {
    const changes = [...this.#call.values()]
    for (const change of changes) {
      this.#finished.delete(change.path)
      this.#finished.set(change.path, { change, position })
    }
    this.discard()
    return changes
  }

  /** Ends the current call and drops its changes. */
  discard(): void {
    if (this.#call.size !== 0) this.#call = new Map()
  }

  /** Removes the paths whose last change is at or before a position, because they are committed. */
  takeCommitted(position: number): FileChange[] {
    const taken: FileChange[] = []
    // Insertion order is the order of positions, because `keep` moves what it overwrites to the end.
    for (const [path, { change, position: changedAt }] of this.#finished) {
      if (changedAt > position) break
      this.#finished.delete(path)
      taken.push(change)
    }
    return taken
  }
}
