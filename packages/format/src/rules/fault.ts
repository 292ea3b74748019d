/** The faults of a ledger that show without a replay. docs/spec/audit.md has the codes. */

/** Each code with what the host did, in words. */
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

/** In words, of entries that do not hash to the head. */
export const TREE_MISMATCH =
  'the entries are not those that the head signs: they were damaged or exchanged on their way here'

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
