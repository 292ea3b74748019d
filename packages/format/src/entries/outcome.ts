/** The outcome of one call. */

import { misfit } from '../codec/misfit.ts'
import {
  blob,
  bytes,
  choice,
  type Infer,
  integer,
  list,
  nullable,
  record,
  refine,
  text,
} from '../codec/schema.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { changesDigest, type FileChange } from './files.ts'
import { ERROR_TEXT, ORACLE_NAME } from './limits.ts'

const errorShape = record({
  name: text(ERROR_TEXT.name),
  message: text(ERROR_TEXT.message),
  code: nullable(text(ERROR_TEXT.code)),
})

/** An error as data. It never holds a stack, because stacks differ between engines. */
export type ErrorValue = Infer<typeof errorShape>

const useFields = record({
  name: text(ORACLE_NAME),
  args: blob(Number.MAX_SAFE_INTEGER),
  value: nullable(blob(Number.MAX_SAFE_INTEGER)),
  error: nullable(errorShape),
})

/**
 * One use of an oracle: the question of the script, and the answer. `args` is the encoded array of arguments; either
 * `value`, the encoded result, or `error` is there. The answer is the host's word alone.
 */
export type OracleUse = Infer<typeof useFields>

const useShape = refine(useFields, ({ value, error }) =>
  (value === null) === (error === null) ? misfit('expected either a value or an error') : null,
)

const fields = record({
  status: choice('returned', 'thrown', 'aborted', 'skipped'),
  value: nullable(blob(Number.MAX_SAFE_INTEGER)),
  error: nullable(errorShape),
  abort: nullable(text(40)),
  changes: nullable(bytes(32)),
  oracles: list(useShape, Number.MAX_SAFE_INTEGER),
  fuel: integer(),
})

/**
 * - `returned`: `value` is the encoded result.
 * - `thrown`: `error` says what; the call's file changes were discarded.
 * - `aborted`: a limit of the machine was passed, `abort` names it; changes discarded, the epoch ends.
 * - `skipped`: not executed, because an earlier call of the request aborted or used up what the request may use.
 *
 * `changes` is the digest of the call's file changes, null if there were none. `oracles` are the uses of oracles
 * in the order of asking, whatever the call came to.
 */
export type Outcome = Infer<typeof fields>

const carried: Record<Outcome['status'], 'value' | 'error' | 'abort' | null> = {
  returned: 'value',
  thrown: 'error',
  aborted: 'abort',
  skipped: null,
}

/** An outcome whose fields agree with its status. */
export const outcomeShape = refine(fields, (outcome) => {
  const { status } = outcome
  const wrong = (field: keyof Outcome) => misfit(`does not go with status ${status}`, `.${field}`)
  const expected = carried[status]
  if ((outcome.value !== null) !== (expected === 'value')) return wrong('value')
  if ((outcome.error !== null) !== (expected === 'error')) return wrong('error')
  if ((outcome.abort !== null) !== (expected === 'abort')) return wrong('abort')
  if (status !== 'returned' && outcome.changes !== null) return wrong('changes')
  return status === 'skipped' && outcome.oracles.length > 0 ? wrong('oracles') : null
})

/** A machine's result of one call: an outcome, but with the file changes themselves. */
export interface CallResult extends Omit<Outcome, 'changes'> {
  readonly changes: readonly FileChange[]
}

/** The outcome that the ledger records for a machine's result. */
export const toOutcome = (crypto: Crypto, result: CallResult): Outcome => ({
  status: result.status,
  value: result.value,
  error: result.error,
  abort: result.abort,
  changes: changesDigest(crypto, result.changes),
  oracles: result.oracles,
  fuel: result.fuel,
})

/** Number of calls that count towards an epoch: all that were not skipped. */
export const callsExecuted = (
  outcomes: readonly { readonly status: Outcome['status'] }[],
): number => outcomes.reduce((count, outcome) => count + (outcome.status === 'skipped' ? 0 : 1), 0)
