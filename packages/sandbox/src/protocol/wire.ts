/**
 * The messages between parent and child: frames of a 4-byte little-endian length and a msgpack array `[kind, …]`. Half-duplex: while the
 * child works, the parent only answers its questions. It may send `committed` at any moment.
 */
import type { HistoryOptions, ListedFile } from '@vms/format'
import { Packr, RESERVE_START_SPACE } from 'msgpackr/pack'
import { frameBytes, type MachineLimits, type ProcessLimits } from './limits.ts'
import type {
  AbortReason,
  CallResult,
  CallStatus,
  ConsoleLevel,
  EngineIdentity,
  ErrorValue,
  FileChange,
  MachineAlarm,
  MachineRequest,
  Moment,
  OracleAnswer,
  OracleContext,
  OracleUse,
  RefusalReason,
  TraceStep,
} from './types.ts'

export interface StartOptions {
  script: string
  name: string
  /** Source map of the script, as JSON. */
  map: string | null
  codec: string
  limits: MachineLimits
  service: ProcessLimits
  info: { title: string; key: string }
  /** Whether the child reports each call's questions to the host. */
  traced: boolean
}

type Triple = [time: number, seed: Uint8Array, position: number]
type WireCall = [method: string, args: Uint8Array, seed: Uint8Array]
type WireRequest = [position: number, time: number, caller: string, calls: WireCall[]]
type WireAlarm = [...Triple, id: string, method: string | null, args: Uint8Array | null]
type WireChange = [path: string, kind: 0 | 1 | 2, mtime: number, data: Uint8Array | null]
type WireError = [name: string, message: string, code: string | null]
type WireUse = [name: string, args: Uint8Array, ...answer: WireAnswer]
export type WireResult = [
  status: CallStatus,
  value: Uint8Array | null,
  error: WireError | null,
  abort: AbortReason | null,
  fuel: number,
  changes: WireChange[],
  oracles: WireUse[],
]

export type ToChild =
  | ['start', StartOptions]
  | ['boot', Triple]
  | ['init', Triple]
  | ['run', WireRequest[]]
  | ['alarm', WireAlarm]
  | ['committed', number]
  | ['answer', unknown]

/** A question about committed files, or to an oracle. */
export type Question = FilesQuestion | OracleQuestion

export type FilesQuestion =
  | ['stat', string]
  | ['read', string]
  | ['list', string, boolean]
  | ['history', HistoryOptions]

export type OracleQuestion = ['oracle', name: string, args: Uint8Array, OracleContext]

/** An oracle's answer. */
export type WireAnswer = [value: Uint8Array | null, error: WireError | null]

/** `[kind, size, mtime]`, kind 0 for a file and 1 for a directory. */
export type WireStat = [kind: 0 | 1, size: number, mtime: number]
export type WireListed = [name: string, ...stat: WireStat]

export type FromChild =
  | ['ready', EngineIdentity]
  | [
      'broken',
      code: 'ERR_VMS_UNKNOWN_INTRINSIC' | 'ERR_VMS_BAD_CODEC' | 'ERR_VMS_UNKNOWN_METHOD',
      message: string,
    ]
  | ['booted', WireResult, string[], boolean, Uint8Array, string | null]
  | ['initiated', WireResult | null]
  | ['result', WireResult[]]
  | ['alarmed', WireResult]
  | ['progress', call: number]
  | ['done', aborted: boolean]
  | ['refused', RefusalReason, string]
  | ['ask', Question]
  | ['console', ConsoleLevel, string]
  | ['trace', TraceStep]

const packr = new Packr({ useRecords: false, variableMapSize: true })

/** Bytes before a frame's body: its length. */
export const frameHeaderBytes = 4

/** A whole frame; null if it would be larger than the limit. The bytes are never written to again. */
export function packFrame(message: ToChild | FromChild): Buffer | null {
  const frame = packr.pack(message, RESERVE_START_SPACE + frameHeaderBytes)
  const length = frame.byteLength - frameHeaderBytes
  if (length > frameBytes) return null
  frame.writeUInt32LE(length, 0)
  return frame
}

export function unpackMessage<Message extends ToChild | FromChild>(body: Uint8Array): Message {
  return packr.unpack(body) as Message
}

/** A copy that keeps no larger buffer alive. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes)
}

export function packMoment({ time, seed, position }: Moment): Triple {
  return [time, seed, position]
}

export function unpackMoment([time, seed, position]: Triple): Moment {
  return { time, seed, position }
}

export function packRequest({ position, time, caller, calls }: MachineRequest): WireRequest {
  return [position, time, caller, calls.map(({ method, args, seed }) => [method, args, seed])]
}

export function unpackRequest([position, time, caller, calls]: WireRequest): MachineRequest {
  return {
    position,
    time,
    caller,
    calls: calls.map(([method, args, seed]) => ({ method, args, seed })),
  }
}

export function packAlarm({ time, seed, position, id, run }: MachineAlarm): WireAlarm {
  return [time, seed, position, id, run?.method ?? null, run?.args ?? null]
}

export function unpackAlarm([time, seed, position, id, method, args]: WireAlarm): MachineAlarm {
  const run = method === null || args === null ? null : { method, args }
  return { time, seed, position, id, run }
}

export function packResult(result: CallResult): WireResult {
  const { error } = result
  return [
    result.status,
    result.value,
    error === null ? null : packError(error),
    result.abort,
    result.fuel,
    result.changes.map(packChange),
    result.oracles.map(packUse),
  ]
}

export function packAnswer(answer: OracleAnswer): WireAnswer {
  return 'error' in answer ? [null, packError(answer.error)] : [answer.value, null]
}

function packUse({ name, args, value, error }: OracleUse): WireUse {
  return [name, args, value, error === null ? null : packError(error)]
}

/** Unpacks a use of an oracle: a question with its answer, or a part of a result. @throws TypeError */
export function unpackUse([name, args, value, error]: WireUse): OracleUse {
  requireShape(typeof name === 'string' && args instanceof Uint8Array)
  requireShape(error === null ? value instanceof Uint8Array : value === null)
  return {
    name,
    args: ownBytes(args),
    value: value === null ? null : ownBytes(value),
    error: error === null ? null : unpackError(error),
  }
}

function packError({ name, message, code }: ErrorValue): WireError {
  return [name, message, code]
}

/** Checks a result from the child, because the child's process runs untrusted code. @throws TypeError */
export function unpackResult(result: WireResult): CallResult {
  const [status, value, error, abort, fuel, changes, oracles] = result
  requireShape(statuses.has(status) && Number.isSafeInteger(fuel))
  requireShape(Array.isArray(changes) && Array.isArray(oracles))
  requireShape(status === 'returned' ? value instanceof Uint8Array : value === null)
  requireShape(status === 'thrown' ? Array.isArray(error) : error === null)
  requireShape(status === 'aborted' ? typeof abort === 'string' : abort === null)
  return {
    status,
    value: value === null ? null : ownBytes(value),
    error: error === null ? null : unpackError(error),
    abort,
    fuel,
    changes: changes.map(unpackChange),
    oracles: oracles.map(unpackUse),
  }
}

const statuses: ReadonlySet<unknown> = new Set<CallStatus>([
  'returned',
  'thrown',
  'aborted',
  'skipped',
])

function requireShape(holds: boolean): asserts holds {
  if (!holds) throw new TypeError('a result of another shape than agreed')
}

function unpackError([name, message, code]: WireError): ErrorValue {
  requireShape(typeof name === 'string' && typeof message === 'string')
  requireShape(code === null || typeof code === 'string')
  return { name, message, code }
}

function packChange(change: FileChange): WireChange {
  switch (change.kind) {
    case 'file':
      return [change.path, 0, change.mtime, change.data]
    case 'directory':
      return [change.path, 1, change.mtime, null]
    case 'deleted':
      return [change.path, 2, 0, null]
    default:
      return change satisfies never
  }
}

function unpackChange([path, kind, mtime, data]: WireChange): FileChange {
  requireShape(typeof path === 'string' && Number.isSafeInteger(mtime))
  switch (kind) {
    case 0:
      requireShape(data instanceof Uint8Array)
      return { path, kind: 'file', data: ownBytes(data), mtime }
    case 1:
      return { path, kind: 'directory', mtime }
    case 2:
      return { path, kind: 'deleted' }
    default:
      kind satisfies never
      throw new TypeError('a change of an unknown kind')
  }
}

export function packListed({ name, stat }: ListedFile): WireListed {
  return [name, stat.kind === 'file' ? 0 : 1, stat.size, stat.mtime]
}
