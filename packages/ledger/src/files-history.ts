/** The history of the files, in ledger positions: drive versions mean nothing to a script or an auditor. */
import type { Bee } from './engine/hyperbee.ts'
import { keyPath } from './file-entry.ts'

/** One write or deletion of a path. `version` is the ledger's length when its group began. */
export interface FileEvent {
  readonly path: string
  readonly version: number
  readonly type: 'put' | 'del'
}

/** Which versions: `start` (default 0) up to, not including, `end` (default: all), oldest first unless `reverse`. */
export interface HistoryOptions {
  readonly start?: number
  readonly end?: number
  readonly reverse?: boolean
}

/** The groups that wrote to a drive, in order. */
export interface DriveGroups {
  /** Number of groups. */
  readonly groups: number
  /** Ledger length at the start of a group, and length of the drive's db core at its end. */
  at(group: number): Promise<{ readonly version: number; readonly dbEnd: number }>
  /** First group that begins at or after a ledger length. */
  since(version: number): Promise<number>
}

/** Events of the groups that began in [start, end). */
export async function readHistory(
  bee: Bee,
  groups: DriveGroups,
  options: HistoryOptions,
): Promise<FileEvent[]> {
  const first = await groups.since(options.start ?? 0)
  const afterLast =
    options.end === undefined ? groups.groups : await groups.since(options.end)
  if (first >= afterLast) return []
  const gte = first === 0 ? 1 : Math.max(1, (await groups.at(first - 1)).dbEnd)
  const lt = (await groups.at(afterLast - 1)).dbEnd
  if (gte >= lt) return []
  const events: FileEvent[] = []
  let group = first
  let current = await groups.at(group)
  for await (const node of bee.createHistoryStream({ gte, lt })) {
    while (node.seq >= current.dbEnd) current = await groups.at(++group)
    events.push({
      path: keyPath(node.key),
      version: current.version,
      type: node.type === 'del' ? 'del' : 'put',
    })
  }
  return options.reverse ? events.reverse() : events
}
