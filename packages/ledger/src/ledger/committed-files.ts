/** The files of a ledger at its last durable group, as machines and readers see them. */

import type { FileEvent, FileStat, HistoryOptions, ListedFile } from '@vms/format'
import type { GroupHeads } from '../cores/group-heads.ts'
import type { Drive } from '../files/drive.ts'
import type { DriveReader } from '../files/drive-reader.ts'
import type { DriveGroup } from '../files/files-history.ts'

/** Runs a read of the ledger's durable data and types its error: see `Ledger`. */
export type Reading = <T>(read: () => Promise<T>) => Promise<T>

/** Reads the durable version of a drive. */
export class CommittedFiles {
  #drive: Drive
  #heads: GroupHeads
  #reading: Reading
  #dbLength: number
  #reader: DriveReader

  constructor(drive: Drive, heads: GroupHeads, reading: Reading) {
    this.#drive = drive
    this.#heads = heads
    this.#reading = reading
    this.#dbLength = drive.head.dbLength
    this.#reader = drive.reader(this.#dbLength)
  }

  /** Follows the drive to a version that is durable now. */
  advance(dbLength: number): void {
    if (dbLength === this.#dbLength) return
    this.#dbLength = dbLength
    // Reads that have begun continue on the old reader.
    this.#reader.close().catch(() => {})
    this.#reader = this.#drive.reader(dbLength)
  }

  /** The stat of the file or directory at `path` (normal, absolute); null if there is none. */
  async stat(path: string): Promise<FileStat | null> {
    return await this.#reading(() => this.#reader.stat(path))
  }

  /** Bytes of the file at `path`, null if there is no file. */
  async read(path: string): Promise<Uint8Array | null> {
    return await this.#reading(() => this.#reader.read(path))
  }

  /** The items of the directory `path`, ordered by UTF-8 bytes, with names relative to it. */
  async list(path: string, options: { recursive: boolean }): Promise<ListedFile[]> {
    return await this.#reading(() => this.#reader.list(path, options))
  }

  /** Writes and deletions, by the ledger positions of their groups. */
  async history(options: HistoryOptions = {}): Promise<FileEvent[]> {
    const groups = this.#groups(options.start ?? 0)
    return await this.#reading(() => this.#drive.history(groups, options))
  }

  // Groups that end at `start` or later. The first of them begins before `start`, or is the first group of all.
  async *#groups(start: number): AsyncGenerator<DriveGroup> {
    let version = 0
    let dbStart = 0
    let known = start <= 0
    const dbLength = this.#dbLength
    for await (const record of this.#heads.from(Math.max(0, start))) {
      const dbEnd = record.files.dbLength
      if (dbEnd > dbLength) return
      if (known) yield { version, dbStart, dbEnd }
      known = true
      version = record.length
      dbStart = dbEnd
    }
  }

  async close(): Promise<void> {
    await this.#reader.close()
  }
}
