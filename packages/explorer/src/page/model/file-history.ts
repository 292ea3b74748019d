/** Finds the times at which a file was written: searches the ledger from its end back, one range at a time. */
import type { NodeVMSClient } from '@vms/client'

/** A write or a deletion of the file. */
export interface FileMoment {
  readonly type: 'put' | 'del'
  /** Length of the ledger after the group that changed the file. The file's version at that length has the change. */
  readonly length: number
  /** Time of the group's last entry, in milliseconds. */
  readonly time: number
}

/** Entries per range. */
const STRETCH_ENTRIES = 1_000

export class FileHistory {
  readonly path: string
  #client: NodeVMSClient
  /** The reader has not looked at changes before this length of the ledger. */
  #before: number

  constructor(client: NodeVMSClient, path: string) {
    this.path = path
    this.#client = client
    this.#before = client.ledger.head.length
  }

  /** Number of entries not yet searched. */
  get left(): number {
    return this.#before
  }

  /** The file's changes in the next range, the newest first. */
  async back(): Promise<FileMoment[]> {
    const { ledger, files } = this.#client
    const to = this.#before
    const groups: { readonly length: number; readonly dbLength: number; readonly time: number }[] =
      []
    let time = 0
    for await (const { index, entry } of ledger.entries(Math.max(0, to - STRETCH_ENTRIES), to)) {
      if (entry.type !== 'genesis') time = entry.time
      if (entry.files) groups.push({ length: index + 1, dbLength: entry.files.dbLength, time })
    }
    const isFirst = to <= STRETCH_ENTRIES
    // The first group of a range may be incomplete: earlier entries are not loaded yet.
    const start = isFirst ? { length: 0, dbLength: 1 } : groups[0]
    if (!start || (!isFirst && groups.length < 2)) {
      // One group is larger than the range: the search would have to find its beginning first.
      throw new Error('so many entries were stored together that this page cannot go further back')
    }
    const changes = await files.changes(start.length, to)
    const moments: FileMoment[] = []
    for (const [i, { path, type }] of changes.entries()) {
      if (path !== this.path) continue
      const block = Math.max(1, start.dbLength) + i
      const group = groups.find(({ dbLength }) => dbLength > block)
      if (group) moments.push({ type, length: group.length, time: group.time })
    }
    this.#before = start.length
    return moments.reverse()
  }
}
