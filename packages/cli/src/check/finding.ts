/** The findings of a check. */

/** Stable codes: a contract with programs that read `--json`. */
export type CheckCode =
  | 'SYNTAX'
  | 'IMPORT'
  | 'REFUSED_API'
  | 'ODD_DATE'
  | 'MODULE_STATE'
  | 'FLOATING_PROMISE'
  | 'DOES_NOT_START'
  | 'NONDETERMINISTIC'

/** `error`: the script does not work as written. `warning`: perhaps it does not. */
export type CheckSeverity = 'error' | 'warning'

/** A place in the text that runs. */
export interface Place {
  /** Offset in UTF-16 units. */
  readonly start: number
}

/** A finding at a place in the text that runs. */
export interface FoundAt extends Place {
  readonly code: CheckCode
  readonly severity: CheckSeverity
  readonly message: string
  /** What to do about it. */
  readonly advice: string
}

/** A finding at a place in a file that a person wrote. */
export interface CheckFinding {
  readonly code: CheckCode
  readonly severity: CheckSeverity
  readonly message: string
  readonly advice: string | null
  /** Relative to the directory of the command; null if the finding has no place. */
  readonly file: string | null
  /** From 1. */
  readonly line: number | null
  /** From 1. */
  readonly column: number | null
}
