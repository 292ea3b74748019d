/** What can be wrong with a ledger that needs no replay to be seen. The codes are those of docs/spec/audit.md. */

export type StructureCode =
  | 'GENESIS_MISMATCH'
  | 'ENTRY_INVALID'
  | 'ENTRY_MISPLACED'
  | 'ROOT_MISMATCH'
  | 'BORDER_INVALID'
  | 'TIME_BACKWARDS'
  | 'REQUEST_INVALID'
  | 'REQUEST_UNSIGNED'
  | 'SIGNATURE_INVALID'
  | 'REQUEST_REPLAYED'
  | 'REQUEST_EXPIRED'
  | 'HEAD_UNKNOWN'
  | 'HEAD_TOO_OLD'
  | 'LIMIT_EXCEEDED'
  | 'METHOD_UNKNOWN'
  | 'OUTCOMES_MISCOUNTED'
  | 'EPOCH_OVERRUN'
  | 'ORACLE_INVALID'
  | 'ALARM_EARLY'
  | 'UPGRADE_FORBIDDEN'
  | 'UPGRADE_EARLY'
  | 'UPGRADE_MISSED'
  | 'HEAD_BEFORE_UPGRADE'

/** Where in the entry, and what: `expected` is what an honest host would have recorded, `got` what stands there. */
export interface FaultDetail {
  /** Number of the call within the request. */
  readonly call?: number
  readonly method?: string | null
  /** What differs: `root`, `time`, `head`, … */
  readonly part?: string
  /** Where in that part, such as `$[2].args`. */
  readonly path?: string
  readonly expected?: string
  readonly got?: string
}

/**
 * Takes what is found in the entry that is being checked. Who wants only the first fault throws; if it returns, the checks go on
 * with what can still be said.
 */
export type Report = (code: StructureCode, detail: FaultDetail) => void
