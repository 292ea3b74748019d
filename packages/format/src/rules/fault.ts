/** The faults of a ledger that are visible without a replay. docs/spec/audit.md lists the codes. */

/** Each code with a description of what the host did. */
export const STRUCTURE_FAULTS = {
  GENESIS_MISMATCH:
    'the host began the ledger with a genesis that its key does not commit to: another script, or other settings',
  SIGNERS_MISMATCH:
    'the host began the ledger with a genesis that names other signers of heads than its key commits to',
  ENTRY_INVALID: 'the host wrote an entry that is not of the specified form',
  ENTRY_MISPLACED: 'the host wrote an entry where none of its kind may stand',
  ROOT_MISMATCH: 'the entry names another history than the one before it',
  BORDER_INVALID: 'the host marked the borders of a group wrongly',
  TIME_BACKWARDS: "the host's time went backwards",
  REQUEST_INVALID: 'the entry holds a request that no caller can have made',
  REQUEST_UNSIGNED: 'the host recorded a call that nobody signed',
  SIGNATURE_INVALID: 'the host invented or altered the call: its caller did not sign this request',
  REQUEST_REPLAYED: 'the host ran one request twice',
  REQUEST_EXPIRED: 'the host ran a request after it had expired',
  HEAD_UNKNOWN: 'the caller had seen another history: the ledger was rewritten after that',
  HEAD_TOO_OLD: 'the host ran a request whose head is farther back than the window allows',
  LIMIT_EXCEEDED: 'the host ran a request that is over a limit of the genesis',
  METHOD_UNKNOWN: 'the host ran something that is no method of the script',
  OUTCOMES_MISCOUNTED: 'the entry has not one outcome per call',
  EPOCH_OVERRUN: 'the host went on with a machine that it had to replace',
  ORACLE_INVALID:
    'the host recorded a use of an oracle that no script can have made, or an answer that none can have been given',
  ALARM_EARLY: 'the host fired an alarm before it was due',
  UPGRADE_FORBIDDEN:
    'the host took a new script from somebody whom the genesis does not let upgrade the service',
  UPGRADE_EARLY:
    'the host took a new script into effect before its time, or one that nobody had signed',
  UPGRADE_MISSED: 'the host went on with a script that was to be replaced by then',
  HEAD_BEFORE_UPGRADE: 'the host ran a request on a script that its caller had not seen',
} as const

export type StructureCode = keyof typeof STRUCTURE_FAULTS

/** Describes entries that do not hash to the head. */
export const TREE_MISMATCH =
  'the entries are not those that the head signs: they were damaged or exchanged on their way here'

/** Where the fault is. `expected`: what an honest host would have recorded. `got`: what the entry holds. */
export interface FaultDetail {
  /** Number of the call within its request. */
  readonly call?: number
  readonly method?: string | null
  /** What differs: `root`, `time`, `head`, … */
  readonly part?: string
  /** Path within that part, such as `$[2].args`. */
  readonly path?: string
  readonly expected?: string
  readonly got?: string
}

/**
 * Receives each fault of the entry being checked. A caller that wants only the first fault throws. If it returns, the remaining checks
 * continue where they can.
 */
export type Report = (code: StructureCode, detail: FaultDetail) => void
