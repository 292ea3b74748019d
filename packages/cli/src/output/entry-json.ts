/** Entries of a ledger as JSON, for `vms log --jsonl`. Keys are in z-base-32, hashes in hexadecimal. */
import {
  decodeEntry,
  decodeRequest,
  decodeValue,
  type Entry,
  type OracleUse,
  type Outcome,
} from '@vms/auditor'
import { callerId } from '@vms/client'
import { valueToPlain } from './json.ts'

/** One call of a request with its outcome. `value` and `args` are in the JSON forms of {@link valueToPlain}. */
export interface CallJson {
  readonly method: string
  readonly args: unknown
  readonly status: Outcome['status']
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly message: string; readonly code: string | null }
  readonly abort?: string
  /** The questions to oracles with their answers; missing if there were none. */
  readonly oracles?: readonly OracleJson[]
}

/** A question to an oracle with its answer. */
export type OracleJson = Pick<CallJson, 'args' | 'value' | 'error'> & { readonly name: string }

export interface EntryJson {
  readonly index: number
  readonly type: Entry['type']
  /** ISO date, like the `due` of an alarm. A genesis has no time. */
  readonly time?: string
  readonly caller?: string
  readonly calls?: readonly CallJson[]
  readonly [detail: string]: unknown
}

/** Decodes the entry in `block`. Throws RecordError if the bytes are no entry. */
export function entryToJson(index: number, block: Uint8Array): EntryJson {
  const entry = decodeEntry(block)
  switch (entry.type) {
    case 'genesis': {
      const { script, authentication, semantics, engines, limits, window } = entry
      const { origin, epochCalls, epochBytes, epochFuel } = entry
      return {
        index,
        type: entry.type,
        script,
        authentication,
        semantics,
        engines,
        origin,
        limits,
        window,
        epochCalls,
        epochBytes,
        epochFuel,
      }
    }
    case 'boot': {
      const { reason, engine, scriptHash, methods } = entry
      const hash = Buffer.from(scriptHash).toString('hex')
      return {
        index,
        type: entry.type,
        time: iso(entry.time),
        reason,
        engine,
        scriptHash: hash,
        methods,
        ...result(entry.outcome),
      }
    }
    case 'init':
      return { index, type: entry.type, time: iso(entry.time), ...result(entry.outcome) }
    case 'calls': {
      const { caller, calls } = decodeRequest(entry.request)
      return {
        index,
        type: entry.type,
        time: iso(entry.time),
        caller: callerId(caller),
        calls: calls.map(([method, args], i) => ({
          method,
          args: valueToPlain(decodeValue(args)),
          ...result(entry.outcomes[i] as Outcome),
        })),
      }
    }
    case 'alarm': {
      const { id, due, method, args } = entry
      const call = { method, args: valueToPlain(decodeValue(args)) }
      const [time, asked] = [iso(entry.time), iso(due)]
      return { index, type: 'alarm', time, id, due: asked, ...call, ...result(entry.outcome) }
    }
    default:
      return entry satisfies never
  }
}

function result(outcome: Outcome): Omit<CallJson, 'method' | 'args'> {
  const { status, value, error, abort, oracles } = outcome
  return {
    status,
    ...returned(value),
    ...(error && { error }),
    ...(abort !== null && { abort }),
    ...(oracles.length > 0 && { oracles: oracles.map(useToJson) }),
  }
}

function useToJson({ name, args, value, error }: OracleUse): OracleJson {
  return {
    name,
    args: valueToPlain(decodeValue(args)),
    ...returned(value),
    ...(error && { error }),
  }
}

/** The key of a result. A result of `undefined` has none. */
function returned(encoded: Uint8Array | null): { readonly value?: unknown } {
  const value = encoded ? decodeValue(encoded) : undefined
  return value === undefined ? {} : { value: valueToPlain(value) }
}

const iso = (time: number): string => new Date(time).toISOString()
