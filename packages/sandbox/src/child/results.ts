/** Outcomes of calls that did not run: skipped calls, scripts that do not compile, methods that no longer exist. */
import { reportUnits } from '../protocol/limits.ts'
import type { CallResult } from '../protocol/types.ts'
import type { FaultyScript } from './script-source.ts'

export interface Booted {
  outcome: CallResult
  methods: string[]
  hasInit: boolean
  scriptHash: Uint8Array
  report: string | null
}

export const skipped: CallResult = {
  status: 'skipped',
  value: null,
  error: null,
  abort: null,
  fuel: 0,
  changes: [],
  oracles: [],
}

export function faulty({ error, report, hash }: FaultyScript): Booted {
  const outcome: CallResult = { ...skipped, status: 'thrown', error }
  return {
    outcome,
    methods: [],
    hasInit: false,
    scriptHash: hash,
    report: report.slice(0, reportUnits).toWellFormed(),
  }
}

export function withoutMethod(method: string): CallResult {
  const message = `the script has no method ${JSON.stringify(method)}`
  const error = { name: 'Error', message, code: 'ERR_VMS_UNKNOWN_METHOD' }
  return { ...skipped, status: 'thrown', error }
}
