/** Waiting until one of some files is saved. */
import { type FSWatcher, watch } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Milliseconds without another event before a save counts: editors write, rename and touch in one go. */
const SETTLE_MS = 60

/** Watches files until `close()`. */
export class FileWatch {
  #watchers: FSWatcher[]
  #changed = Promise.withResolvers<void>()
  #timer: NodeJS.Timeout | undefined

  /** `files` are absolute. Their directories are watched, because many editors replace a file instead of writing it. */
  constructor(files: readonly string[]) {
    const wanted = new Set(files)
    const folders = new Set(files.map((file) => dirname(file)))
    this.#watchers = Array.from(folders, (folder) =>
      watch(folder, (_event, name) => {
        // Some systems do not say which file; then any may be it.
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
