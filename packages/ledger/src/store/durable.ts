/**
 * Makes bytes survive a power cut: open files, names in directories, and small files that are replaced whole.
 */
import { fdatasync as fdatasyncFd } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

/** Syncs a file descriptor, so that its bytes survive a power cut. A port, so that tests can pause or fail it. */
export type SyncFd = (fd: number) => Promise<void>

export const fdatasync: SyncFd = promisify(fdatasyncFd)

/** Makes a file's content, or the names in a directory, survive a power cut. */
export async function syncPath(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a file. After a crash it has the old content or the new; once this function has resolved, the new. */
export async function writeDurably(file: string, content: string): Promise<void> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncPath(path.dirname(file))
}
