/**
 * Entries: the blocks of a ledger.
 *
 * Every entry ends with its borders: `root` (the RFC 6962 root of all entries before) on the first entry of a group,
 * `files` (the files head after the group) on the last.
 */
import { decodeRecord, encodeRecord } from '../codec/record.ts'
import {
  blob,
  bytes,
  type Infer,
  integer,
  list,
  nullable,
  oneOf,
  record,
  text,
  union,
} from '../codec/schema.ts'
import { filesHeadShape } from './files.ts'
import { genesisFields } from './genesis.ts'
import { ALARM_ID, ENTRY_BYTES, METHOD_NAME, TIME_MS } from './limits.ts'
import { METHODS_MAX } from './machine-limits.ts'
import { type Outcome, outcomeShape } from './outcome.ts'

const border = { root: nullable(bytes(32)), files: nullable(filesHeadShape) }

/** The fields of each type. The number of a type is its place here, from 0. */
const entryShape = union('type', {
  genesis: genesisFields,
  boot: {
    reason: oneOf('start', 'restart', 'epoch', 'abort', 'refusal', 'upgrade'),
    time: integer(TIME_MS),
    engine: record({
      v8: text(100),
      icu: text(100),
      unicode: text(100),
      tz: text(100),
      arch: text(100),
    }),
    scriptHash: bytes(32),
    outcome: outcomeShape,
    methods: list(text(METHOD_NAME), METHODS_MAX),
    ...border,
  },
  init: { time: integer(TIME_MS), outcome: outcomeShape, ...border },
  calls: {
    request: blob(ENTRY_BYTES),
    signature: nullable(bytes(64)),
    time: integer(TIME_MS),
    outcomes: list(outcomeShape, Number.MAX_SAFE_INTEGER, 1),
    ...border,
  },
  alarm: {
    id: text(ALARM_ID),
    due: integer(TIME_MS),
    method: text(METHOD_NAME),
    args: blob(ENTRY_BYTES),
    time: integer(TIME_MS),
    outcome: outcomeShape,
    ...border,
  },
})

export type Entry = Infer<typeof entryShape>
type EntryOf<T extends Entry['type']> = Extract<Entry, { type: T }>
/** Block 0: it defines the service. */
export type GenesisEntry = EntryOf<'genesis'>
/** An epoch begins: a fresh machine has run the script's top level. */
export type BootEntry = EntryOf<'boot'>
/** `exports.init` has run, once, in the group of the genesis. */
export type InitEntry = EntryOf<'init'>
/** A request (its bytes verbatim) and one outcome per call. `signature` is null for a debug caller. */
export type CallsEntry = EntryOf<'calls'>
/** The host fired an alarm: a call for which an earlier call had asked. Skipped: the host could not run it. */
export type AlarmEntry = EntryOf<'alarm'>

/** Bytes of an entry. Throws {@link RecordError} if a field does not fit, and `ValueError` if the entry is too large. */
export const encodeEntry = (entry: Entry): Uint8Array =>
  encodeRecord(entryShape, entry, ENTRY_BYTES)

/** Decodes an entry. Throws {@link RecordError} or an encoding error. */
export const decodeEntry = (bytes: Uint8Array): Entry =>
  decodeRecord(entryShape, bytes, { maxBytes: ENTRY_BYTES })

/** The outcomes of an entry, in the order of the calls. */
export function outcomesOf(entry: Entry): readonly Outcome[] {
  if (entry.type === 'genesis') return []
  return entry.type === 'calls' ? entry.outcomes : [entry.outcome]
}
