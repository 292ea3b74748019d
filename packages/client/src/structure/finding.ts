/** What an audit of a ledger's structure can find. The codes are those of docs/spec/audit.md. */

/** Each is proven by signatures and hashes alone. */
export type StructureCode =
  | 'TREE_MISMATCH'
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

/** One thing that no honest host records. */
export interface StructureFinding {
  readonly code: StructureCode
  /** Index of the entry. */
  readonly entry: number
  /** What is wrong, in words. */
  readonly message: string
}

/** Takes what is found. */
export type Report = (code: StructureCode, message: string) => void
