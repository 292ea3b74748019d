/**
 * Syncs the write-ahead log of a store. RocksDB writes it without syncing and rotates it when a memtable is full; a log
 * that it has deleted is in a synced table already.
 */
import { close as closeFd, open as openFd } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Store } from '../engine/store.ts'
import { fdatasync, type SyncFd, syncPath } from '../store/durable.ts'

const openFile = promisify(openFd)
const closeFile = promisify(closeFd)

/** Syncs one store's log, which it keeps open. */
export class WalSync {
  #rocks: Store['storage']['rocks']
  #syncFd: SyncFd
  #number = -1
  #fd = -1

  constructor(store: Store, syncFd: SyncFd = fdatasync) {
    this.#rocks = store.storage.rocks
    this.#syncFd = syncFd
  }

  /** After it resolves, all that was written to the store before the call survives a power cut. */
  async sync(): Promise<void> {
    // The log is rarely rotated, so sync the log that was live last time while asking the store which one is live now.
    const [wal] = await Promise.all([
      this.#rocks.currentWalFile(),
      this.#fd === -1 ? undefined : this.#syncFd(this.#fd),
    ])
    if (!wal) throw new Error('the store has no write-ahead log')
    if (wal.number !== this.#number) await this.#follow(wal.number)
  }

  // Sync logs in order: recovery stops at the first gap, so a later log must not reach the disk before an earlier one.
  async #follow(number: number): Promise<void> {
    const files = await readdir(this.#rocks.path)
    const missed = files
      .map((name) => ({ name, number: Number(/^(\d+)\.log$/.exec(name)?.[1] ?? -1) }))
      .filter((file) => file.number > this.#number && file.number <= number)
      .sort((a, b) => a.number - b.number)
    for (const file of missed) {
      const fd = await this.#open(file.name)
      if (fd === -1) continue
      await this.close()
      this.#fd = fd
      this.#number = file.number
      await this.#syncFd(fd)
    }
    if (this.#number !== number) throw new Error(`the write-ahead log ${number} is not there`)
    // The directory must be synced too: recovery finds a log by its name.
    await syncPath(this.#rocks.path)
  }

  async #open(name: string): Promise<number> {
    try {
      return await openFile(path.join(this.#rocks.path, name), 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return -1
      throw error
    }
  }

  async close(): Promise<void> {
    const fd = this.#fd
    this.#fd = -1
    if (fd !== -1) await closeFile(fd)
  }
}
