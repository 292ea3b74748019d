/** A group in the making: requests get their places, and what the machine made of them becomes entries. */
import {
  type CallResult,
  type CallsEntry,
  type Crypto,
  callSeed,
  decodeEntry,
  type Entry,
  type FileChange,
  type GenesisEntry,
  isUpgrade,
  toOutcome,
} from '@vms/format'
import type { MachineRequest } from '@vms/sandbox'
import { olderThan } from './admission.ts'
import type { Pending, Recorded } from './pending.ts'
import { Refusal } from './refusal.ts'

/** A stretch of work that was executed and waits to be committed. */
export interface Group {
  readonly entries: Entry[]
  readonly changes: FileChange[]
  /** The requests in it, whose entries are the last of the group. */
  readonly executed: readonly Pending[]
  /** Position of the first of `executed`. */
  readonly first: number
}

/** What the place of a request is decided by. */
export interface Places {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  readonly genesis: GenesisEntry
  /** Of all entries of the group: no alarm is due at it, and none that they set can be. */
  readonly time: number
  /** Position of the next entry. */
  readonly next: number
  readonly methods: ReadonlySet<string>
  /** Index of the boot that requests must have seen. */
  readonly since: number
}

export interface Placed {
  readonly pending: Pending
  readonly request: MachineRequest
}

interface Misplaced {
  readonly pending: Pending
  readonly refusal: Refusal
}

/** Gives each request its place, or says why it may not stand there. */
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
    else placed.push({ pending, request: machineRequest(pending, position, at) })
  }
  return { placed, refused }
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
  // Methods are those of the newest boot, which may have come after the request was admitted.
  const unknown = request.calls.find(([method]) => !methods.has(method))
  return unknown
    ? new Refusal(
        'ERR_VMS_UNKNOWN_METHOD',
        `the script has no method ${JSON.stringify(unknown[0])}`,
      )
    : null
}

function machineRequest(
  { request, requestId, caller }: Pending,
  position: number,
  { crypto, ledgerKey, time }: Places,
): MachineRequest {
  const calls = request.calls.map(([method, args], i) => ({
    method,
    args,
    seed: callSeed(crypto, ledgerKey, requestId, i),
  }))
  return { position, time, caller, calls }
}

/** Entries and changes of what was done, after the entries that stand before. */
export function record(
  crypto: Crypto,
  before: readonly Entry[],
  placed: readonly Placed[],
  done: readonly { readonly results: readonly CallResult[] }[],
): Pick<Group, 'entries' | 'changes' | 'executed'> {
  const entries = [...before]
  const changes: FileChange[] = []
  const executed = placed.slice(0, done.length)
  for (const [i, { pending, request }] of executed.entries()) {
    const results = done[i]?.results ?? []
    // One by one: a call may have more changes than a function takes arguments.
    for (const result of results) for (const change of result.changes) changes.push(change)
    entries.push({
      type: 'calls',
      request: pending.bytes,
      signature: pending.signature,
      time: request.time,
      outcomes: results.map((result) => toOutcome(crypto, result)),
      root: null,
      files: null,
    } satisfies CallsEntry)
  }
  return { entries, changes, executed: executed.map(({ pending }) => pending) }
}

/** The requests of a group that is committed as `blocks`, each with its entry as it stands there. */
export function* settled(
  { entries, executed, first }: Group,
  blocks: readonly Uint8Array[],
): Generator<{ pending: Pending; recorded: Recorded }> {
  const before = entries.length - executed.length
  for (const [i, pending] of executed.entries()) {
    const at = before + i
    // Borders were set by the commit, on the first and the last entry of the group only.
    const atBorder = at === 0 || at === blocks.length - 1
    const entry = atBorder ? decodeEntry(blocks[at] as Uint8Array) : entries[at]
    yield { pending, recorded: { index: first + i, entry: entry as CallsEntry } }
  }
}
