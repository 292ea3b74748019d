/**
 * Takes a service back to an earlier day: a copy of its stopped directory is put back, keys and all, and whatever happened
 * since has never been. The store's guard against moved directories is for honest people; a liar deletes it.
 */
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'

/** Copies the directory of a stopped service. The function that it returns puts the copy back. */
export async function setAside(directory: string): Promise<() => Promise<void>> {
  const copy = `${directory}.then`
  await cp(directory, copy, { recursive: true })
  return async () => {
    await rm(directory, { recursive: true })
    await cp(copy, directory, { recursive: true })
    await rm(path.join(directory, 'store', 'CORESTORE'), { force: true })
  }
}
