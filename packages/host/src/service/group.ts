/** The current group: gives requests their places, and collects the entries that will be committed together. */
import {
  type CallsEntry,
  type Entry,
  type FileChange,
  type GenesisEntry,
  isUpgrade,
} from '@vms/format'
import { type CallsEvent, requestEvent, type Step, type UpgradeEvent } from '@vms/sandbox/execution'
import { Refusal } from '../errors/refusal.ts'
import { olderThan } from './admission.ts'
import type { Pending, Recorded } from './pending.ts'

/** Entries that wait to be committed together, with their changes. */
export interface Group {
  /** Position of the first entry. */
  readonly start: number
  readonly entries: Entry[]
  /** The encodings of `entries`, without borders. Null for a genesis, and for an entry that has none. */
  readonly encoded: (Uint8Array | null)[]
  readonly changes: FileChange[]
  /** The requests in the group. Their entries are its last. */
  readonly executed: Pending[]
}

export const emptyGroup = (start: number): Group => ({
  start,
  entries: [],
  encoded: [],
  changes: [],
  executed: [],
})

/** Position of the entry after the group. */
export const endOf = ({ start, entries }: Group): number => start + entries.length

export function append(group: Group, { entry, bytes, changes }: Step, executed?: Pending): void {
  group.entries.push(entry)
  group.encoded.push(bytes)
  // One by one: a call may have more changes than a function takes arguments.
  for (const change of changes) group.changes.push(change)
  if (executed) group.executed.push(executed)
}

/** Whether the group is the boot that applies or drops an upgrade. Such a boot is a group of its own. */
export const isUpgradeBoot = ({ entries: [first] }: Group): boolean =>
  first?.type === 'boot' && first.reason === 'upgrade'

/** The state that decides whether a request gets a place. */
export interface Places {
  readonly genesis: GenesisEntry
  /** Time of all requests of the group. No alarm is due at this time, and none that they set can be. */
  readonly time: number
  /** Position of the next entry. */
  readonly next: number
  readonly methods: ReadonlySet<string>
  /** Index of the boot that the head of each request must include. */
  readonly since: number
}

export interface Placed {
  readonly pending: Pending
  readonly event: CallsEvent | UpgradeEvent
}

interface Misplaced {
  readonly pending: Pending
  readonly refusal: Refusal
}

/** Assigns each request its place, or the reason for its refusal. */
export function place(
  candidates: readonly Pending[],
  at: Places,
): { placed: Placed[]; refused: Misplaced[] } {
  const placed: Placed[] = []
  const refused: Misplaced[] = []
  for (const pending of candidates) {
    const position = at.next + placed.length
    const refusal = misplaced(pending, position, at)
    if (refusal) refused.push({ pending, refusal })
    else placed.push({ pending, event: eventAt(pending, position, at.time) })
  }
  return { placed, refused }
}

function eventAt(pending: Pending, position: number, time: number): CallsEvent | UpgradeEvent {
  const { bytes, signature, requestId, caller, request } = pending
  const { calls } = request
  return requestEvent({ bytes, signature, requestId, caller, calls }, { position, time })
}

function misplaced(
  { request }: Pending,
  position: number,
  { genesis, methods, since, time }: Places,
): Refusal | null {
  if (time > request.expires) {
    return new Refusal('ERR_VMS_EXPIRED', 'the request expired while it waited')
  }
  if (position - request.head.length > genesis.window) {
    return new Refusal('ERR_VMS_UNKNOWN_HEAD', 'the head that the request names is too far back')
  }
  // The script may have been upgraded after the request was admitted.
  const upgraded = olderThan(request, since)
  if (upgraded || isUpgrade(request)) return upgraded
  // The newest boot decides the methods. It may have come after the request was admitted.
  const unknown = request.calls.find(([method]) => !methods.has(method))
  return unknown
    ? new Refusal(
        'ERR_VMS_UNKNOWN_METHOD',
        `the script has no method ${JSON.stringify(unknown[0])}`,
      )
    : null
}

/** The requests of a group that is committed as `blocks`, each with its entry as it stands there. */
export function* settled(
  { entries, executed, start }: Group,
  blocks: readonly Uint8Array[],
): Generator<{ pending: Pending; recorded: Recorded }> {
  const before = entries.length - executed.length
  for (const [i, pending] of executed.entries()) {
    const at = before + i
    const { time, outcomes } = entries[at] as CallsEntry
    const block = blocks[at] as Uint8Array
    yield { pending, recorded: { index: start + at, time, outcomes, block } }
  }
}
