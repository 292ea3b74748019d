/** Uncommitted changes in two layers: those of the current call, over those of finished calls. */
import type { FileChange } from '../protocol/types.ts'
import { insidePrefix } from './path.ts'

export class Overlay {
  /** Of the call in hand; dropped if it throws. */
  #call = new Map<string, FileChange>()
  /** Of finished calls, with the position in the ledger of the last that changed the path. */
  readonly #finished = new Map<string, { change: FileChange; position: number }>()

  get(path: string): FileChange | undefined {
    return this.#call.get(path) ?? this.#finished.get(path)?.change
  }

  /** As it was when the call in hand began. */
  before(path: string): FileChange | undefined {
    return this.#finished.get(path)?.change
  }

  set(change: FileChange): void {
    this.#call.set(change.path, change)
  }

  /** Paths that the call in hand has deleted. */
  deleted(): string[] {
    const paths: string[] = []
    for (const [path, { kind }] of this.#call) if (kind === 'deleted') paths.push(path)
    return paths
  }

  /** What the call in hand did to a path comes to nothing. */
  forget(path: string): void {
    this.#call.delete(path)
  }

  /** Number of paths that the call in hand has changed. */
  get size(): number {
    return this.#call.size
  }

  /** Every change below a directory, newer layer last. */
  *inside(directory: string): Iterable<FileChange> {
    const prefix = insidePrefix(directory)
    for (const [path, { change }] of this.#finished) if (path.startsWith(prefix)) yield change
    for (const [path, change] of this.#call) if (path.startsWith(prefix)) yield change
  }

  /** The call in hand is over and stays. */
  keep(position: number): FileChange[] {
    const changes = [...this.#call.values()]
    for (const change of changes) {
      this.#finished.delete(change.path)
      this.#finished.set(change.path, { change, position })
    }
    this.discard()
    return changes
  }

  /** The call in hand is over and leaves nothing. */
  discard(): void {
    if (this.#call.size !== 0) this.#call = new Map()
  }

  /** Removes paths that last changed at or before a position: they are committed. */
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
