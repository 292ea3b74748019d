/** Waits until somebody saves one of several files. */
import { type FSWatcher, watch } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Milliseconds without another event after which a save counts: an editor writes, renames and touches a file in one save. */
const SETTLE_MS = 60

/** Watches files until `close()`. */
export class FileWatch {
  #watchers: FSWatcher[]
  #changed = Promise.withResolvers<void>()
  #timer: NodeJS.Timeout | undefined

  /** `files` are absolute. Watches their directories, because many editors replace a file instead of writing it. */
  constructor(files: readonly string[]) {
    const wanted = new Set(files)
    const folders = new Set(files.map((file) => dirname(file)))
    this.#watchers = Array.from(folders, (folder) =>
      watch(folder, (_event, name) => {
        // Some systems do not name the file. Then any event counts.
        if (name === null || wanted.has(resolve(folder, name))) this.#settle()
      }),
    )
  }

  /** Resolves when one of the files has been saved. */
  get changed(): Promise<void> {
    return this.#changed.promise
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers) watcher.close()
  }

  #settle(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#changed.resolve(), SETTLE_MS)
  }
}
