/** The history of the files by ledger length: scripts and auditors do not know versions of the drive. */

import type { FileEvent, HistoryOptions } from '@vms/format'
import { keyPath } from './file-entry.ts'
import type { Bee } from './hyperbee.ts'

/** The part of the drive's db core that one group wrote. */
export interface DriveGroup {
  /** Ledger length when the group began. */
  readonly version: number
  /** Length of the db core before it and after it. */
  readonly dbStart: number
  readonly dbEnd: number
}

/** Block 0 of a db core is its header. */
const FIRST_EVENT = 1

/** Events of the `groups` that began in [start, end). `groups` are in order, and complete from `start` on. */
export async function readHistory(
  bee: Bee,
  groups: AsyncIterable<DriveGroup>,
  options: HistoryOptions,
): Promise<FileEvent[]> {
  const { start = 0, end = Number.POSITIVE_INFINITY } = options
  const wrote: DriveGroup[] = []
  for await (const group of groups) {
    if (group.version >= end) break
    if (group.version >= start && group.dbEnd > group.dbStart) wrote.push(group)
  }
  const [first, last] = [wrote[0], wrote.at(-1)]
  if (!first || !last) return []
  const events: FileEvent[] = []
  let at = 0
  const range = { gte: Math.max(FIRST_EVENT, first.dbStart), lt: last.dbEnd }
  if (range.gte >= range.lt) return []
  for await (const node of bee.createHistoryStream(range)) {
    while (node.seq >= (wrote[at] as DriveGroup).dbEnd) at += 1
    const { version } = wrote[at] as DriveGroup
    events.push({ path: keyPath(node.key), version, type: node.type === 'del' ? 'del' : 'put' })
  }
  return options.reverse ? events.reverse() : events
}
