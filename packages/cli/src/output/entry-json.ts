/** Entries of a ledger as JSON objects: one line each in `vms log --jsonl`. Keys in z-base-32, hashes in hexadecimal. */
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

/** One call of a request and what it came to. `value`, `args` are in the JSON forms of {@link valueToPlain}. */
export interface CallJson {
  readonly method: string
  readonly args: unknown
  readonly status: Outcome['status']
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly message: string; readonly code: string | null }
  readonly abort?: string
  /** What oracles were asked and answered; left out if none was. */
  readonly oracles?: readonly OracleJson[]
}

/** One use of an oracle. */
export type OracleJson = Pick<CallJson, 'args' | 'value' | 'error'> & { readonly name: string }

export interface EntryJson {
  readonly index: number
  readonly type: Entry['type']
  /** ISO date; a genesis has none. `due` of an alarm is one too. */
  readonly time?: string
  readonly caller?: string
  readonly calls?: readonly CallJson[]
  readonly [detail: string]: unknown
}

/** The entry that `block` holds at `index`. Throws what the decoder throws for bytes that are no entry. */
export function entryToJson(index: number, block: Uint8Array): EntryJson {
  const entry = decodeEntry(block)
  switch (entry.type) {
    case 'genesis': {
      const { script, authentication, semantics, engines, limits, window, epochCalls } = entry
      return {
        index,
        type: entry.type,
        script,
        authentication,
        semantics,
        engines,
        limits,
        window,
        epochCalls,
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

/** A result of `undefined` as a whole has no key. */
function returned(encoded: Uint8Array | null): { readonly value?: unknown } {
  const value = encoded ? decodeValue(encoded) : undefined
  return value === undefined ? {} : { value: valueToPlain(value) }
}

const iso = (time: number): string => new Date(time).toISOString()
