/**
 * Entries: the blocks of a ledger.
 *
 * Every entry ends with its borders: `root` (the RFC 6962 root of all entries before) on the first entry of a group,
 * `files` (the files head after the group) on the last. Nothing in a genesis depends on the ledger's key, because the
 * key commits to the genesis.
 */
import { RecordError } from '../codec/errors.ts'
import {
  blob,
  bytes,
  type Infer,
  integer,
  list,
  none,
  nullable,
  oneOf,
  record,
  text,
} from '../codec/schema.ts'
import { decodeValue, encodeValue } from '../codec/value.ts'
import { filesHeadShape } from './files.ts'
import { ALARM_ID, ENTRY_BYTES, METHOD_NAME, SCRIPT_BYTES, TIME_MS } from './limits.ts'
import { METHODS_MAX, machineLimitsShape } from './machine-limits.ts'
import { type Outcome, outcomeShape } from './outcome.ts'

const border = { root: nullable(bytes(32)), files: nullable(filesHeadShape) }

export const scriptShape = record({
  name: text(256),
  title: text(256),
  source: text(SCRIPT_BYTES),
})

/** An engine, by the values that affect a script: major and minor of V8, version of Unicode, architecture. */
const listedEngineShape = record({ v8: text(100), unicode: text(100), arch: text(100) })

const genesisShape = record({
  type: oneOf('genesis'),
  format: oneOf(1),
  semantics: integer(),
  engines: list(listedEngineShape, 100, 1),
  script: scriptShape,
  limits: machineLimitsShape,
  window: integer(),
  epochCalls: integer(Number.MAX_SAFE_INTEGER, 1),
  authentication: oneOf('signed', 'debug'),
  keys: record({ transport: bytes(32), checkpoint: bytes(32), refusal: bytes(32) }),
  upgrade: record({ callers: list(bytes(32), 100), delayMs: integer() }),
  root: bytes(32),
  files: none,
})

const bootShape = record({
  type: oneOf('boot'),
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
})

const initShape = record({
  type: oneOf('init'),
  time: integer(TIME_MS),
  outcome: outcomeShape,
  ...border,
})

const callsShape = record({
  type: oneOf('calls'),
  request: blob(ENTRY_BYTES),
  signature: nullable(bytes(64)),
  time: integer(TIME_MS),
  outcomes: list(outcomeShape, Number.MAX_SAFE_INTEGER, 1),
  ...border,
})

const alarmShape = record({
  type: oneOf('alarm'),
  id: text(ALARM_ID),
  due: integer(TIME_MS),
  method: text(METHOD_NAME),
  args: blob(ENTRY_BYTES),
  time: integer(TIME_MS),
  outcome: outcomeShape,
  ...border,
})

/** Block 0: what the service is. */
export type GenesisEntry = Infer<typeof genesisShape>
/** An epoch begins: a fresh machine has run the script's top level. */
export type BootEntry = Infer<typeof bootShape>
/** `exports.init` has run, once, in the group of the genesis. */
export type InitEntry = Infer<typeof initShape>
/** A request (its bytes verbatim) and one outcome per call. `signature` is null for a debug caller. */
export type CallsEntry = Infer<typeof callsShape>
/** The host fired an alarm: a call that an earlier call had asked for. Skipped: the host could not run it. */
export type AlarmEntry = Infer<typeof alarmShape>
export type Entry = GenesisEntry | BootEntry | InitEntry | CallsEntry | AlarmEntry

const shapes = {
  genesis: genesisShape,
  boot: bootShape,
  init: initShape,
  calls: callsShape,
  alarm: alarmShape,
}

// An entry nests outcomes and heads, never values: those are byte strings with limits of their own.
const limits = { maxBytes: ENTRY_BYTES, maxDepth: 8 }

function checkEntry(value: unknown): Entry {
  const type = (value as { type?: unknown } | null)?.type
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type))
    throw new RecordError('$.type', 'unknown type of entry')
  return shapes[type as Entry['type']](value, '$')
}

/** Bytes of an entry. The fields must stand in the order that the types list. */
export function encodeEntry(entry: Entry): Uint8Array {
  return encodeValue(checkEntry(entry), limits)
}

/** Decodes an entry. Throws a {@link RecordError} or an encoding error. */
export function decodeEntry(bytes: Uint8Array): Entry {
  return checkEntry(decodeValue(bytes, limits))
}

/** The outcomes in an entry, in the order of the calls. */
export function outcomesOf(entry: Entry): readonly Outcome[] {
  if (entry.type === 'genesis') return []
  return entry.type === 'calls' ? entry.outcomes : [entry.outcome]
}
