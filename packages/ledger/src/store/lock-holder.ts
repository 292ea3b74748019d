/**
 * The process that has the directory open: a small file with its id, for error messages and for readers that take no lock. The store itself
 * holds the lock.
 */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

const FILE = 'holder.json'

/** Records in the file that this process has the directory open. */
export async function writeLockHolder(directory: string): Promise<void> {
  const holder = { pid: process.pid, host: hostname(), inode: await inode(directory) }
  await writeFile(path.join(directory, FILE), `${JSON.stringify(holder)}\n`)
}

/** Removes the file. A failure does no harm: the store holds the lock. */
export async function removeLockHolder(directory: string): Promise<void> {
  await rm(path.join(directory, FILE), { force: true }).catch(() => {})
}

/**
 * Id of the process that has the directory open, if the file is about this very directory and the process lives on this machine. Else null.
 */
export async function readLockHolder(directory: string): Promise<number | null> {
  try {
    const holder = JSON.parse(await readFile(path.join(directory, FILE), 'utf8'))
    // A copy of a directory in use is not in use.
    if (holder.host !== hostname() || holder.inode !== (await inode(directory))) return null
    return Number.isInteger(holder.pid) && isAlive(holder.pid) ? holder.pid : null
  } catch {
    return null
  }
}

const inode = async (directory: string): Promise<number> => (await stat(directory)).ino

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process is alive, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
