/** What an audit of a ledger's structure can find, in words. The codes are those of docs/spec/audit.md. */
import type { FaultDetail, StructureCode as RuleCode } from '@vms/format/structure'

/** Each is proven by signatures and hashes alone. */
export type StructureCode = RuleCode | 'TREE_MISMATCH'

/** One thing that no honest host records. */
export interface StructureFinding {
  readonly code: StructureCode
  /** Index of the entry. */
  readonly entry: number
  /** Number of the call within its request, if it is about one. */
  readonly call: number | null
  /** What is wrong, in words. */
  readonly message: string
  /** What an honest host would have recorded, and what stands there; null where the message says it all. */
  readonly expected: string | null
  readonly got: string | null
}

/** Characters of `expected` and `got`: a hostile ledger must not make a report huge. */
const TEXT_MAX = 500

const messages: Readonly<Record<StructureCode, string>> = {
  TREE_MISMATCH: 'these are not the entries that the host has signed',
  GENESIS_MISMATCH: 'the ledger begins otherwise than its address says',
  ENTRY_INVALID: 'it is no entry',
  ENTRY_MISPLACED: 'it may not stand here',
  ROOT_MISMATCH: 'it names another history than the one before it',
  BORDER_INVALID: 'where its group begins or ends is marked wrongly',
  TIME_BACKWARDS: 'it is earlier than the entry before it',
  REQUEST_INVALID: 'it holds no request that a caller of this ledger can have made',
  REQUEST_UNSIGNED: 'nobody signed the request',
  SIGNATURE_INVALID: 'its caller did not sign this request',
  REQUEST_REPLAYED: 'the same request stands in the ledger before',
  REQUEST_EXPIRED: 'the request ran after it had expired',
  HEAD_UNKNOWN: 'the caller had seen another history than this one',
  HEAD_TOO_OLD: 'the caller had seen too little of the ledger',
  LIMIT_EXCEEDED: 'the request is larger than this service allows',
  METHOD_UNKNOWN: 'it calls what is no method',
  OUTCOMES_MISCOUNTED: 'there is not one outcome for each call',
  EPOCH_OVERRUN: 'the script had to be started afresh before this',
  ORACLE_INVALID: 'no script can have asked the world outside so, or been told so',
  ALARM_EARLY: 'the alarm was fired before it was due',
  UPGRADE_FORBIDDEN: 'its caller may not replace the script',
  UPGRADE_EARLY: 'the script was replaced before it was due',
  UPGRADE_MISSED: 'the script had to be replaced before this',
  HEAD_BEFORE_UPGRADE: 'the caller had not seen that the script was replaced',
}

export const structureFinding = (
  code: StructureCode,
  entry: number,
  { call, expected, got }: FaultDetail = {},
): StructureFinding => ({
  code,
  entry,
  call: call ?? null,
  message: messages[code],
  expected: expected?.slice(0, TEXT_MAX) ?? null,
  got: got?.slice(0, TEXT_MAX) ?? null,
})
