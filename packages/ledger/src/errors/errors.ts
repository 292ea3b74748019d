/**
 * Errors of this package. One base class with a stable `code`; each subclass carries its evidence as fields.
 */

import type { LedgerManifest, SignedHead, TreeNode } from '@vms/format'

/** Base of every operating error that @vms/ledger throws. */
export class LedgerError extends Error {
  /** Stable identifier, `ERR_VMS_…`. */
  readonly code: string
  /** What the user can do about it; undefined if nothing is known. */
  readonly hint: string | undefined

  constructor(code: string, message: string, options: ErrorOptions & { hint?: string } = {}) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.hint = options.hint
  }

  /** Whether the same operation may succeed later by itself. */
  shouldRetry(): boolean {
    return false
  }
}

/** The directory holds no committed ledger. */
export class NoLedgerError extends LedgerError {
  readonly directory: string

  constructor(directory: string) {
    super('ERR_VMS_NO_LEDGER', `there is no ledger in ${directory}`)
    this.directory = directory
  }
}

/** The directory holds a committed ledger already, so none can be created in it. */
export class LedgerExistsError extends LedgerError {
  readonly directory: string

  constructor(directory: string) {
    super('ERR_VMS_LEDGER_EXISTS', `there is a ledger in ${directory} already`, {
      hint: 'open it, or name another directory',
    })
    this.directory = directory
  }
}

/** Another process, or another part of this one, has the directory open. */
export class LedgerLockedError extends LedgerError {
  readonly directory: string
  /** Process id in the directory's lock file; null if unknown. */
  readonly pid: number | null

  constructor(directory: string, pid: number | null, options?: ErrorOptions) {
    const holder = pid === null ? 'another process' : `process ${pid}`
    super('ERR_VMS_LEDGER_LOCKED', `${directory} is in use by ${holder}`, {
      ...options,
      hint:
        pid === null
          ? 'stop that process first, or name another directory'
          : 'stop that process first, or name another directory; if the number is that of another program by now, delete holder.json there',
    })
    this.directory = directory
    this.pid = pid
  }

  override shouldRetry(): boolean {
    return true
  }
}

/** The directory is a copy, or was moved, and the original may still be in use. Two writers would fork the ledger. */
export class LedgerMovedError extends LedgerError {
  readonly directory: string

  constructor(directory: string, options?: ErrorOptions) {
    super('ERR_VMS_LEDGER_MOVED', `${directory} is a copy of another directory`, {
      ...options,
      hint: 'open it for reading only. Delete store/CORESTORE in it only if the original is gone for good and no copy has more entries (vms log -n 1 on each copy shows its last entry): continuing an older copy is a fork, which proves the host a liar',
    })
    this.directory = directory
  }
}

/** The stored data contradict each other or their record. */
export class LedgerDamagedError extends LedgerError {
  readonly directory: string

  constructor(directory: string, what: string, options?: ErrorOptions) {
    super('ERR_VMS_LEDGER_DAMAGED', `the ledger in ${directory} is damaged: ${what}`, {
      ...options,
      hint: 'restore the directory from a copy or replica; do not go on writing to it',
    })
    this.directory = directory
  }
}

/** The operating system does not let this process use the directory. */
class DirectoryError extends LedgerError {
  readonly directory: string

  constructor(directory: string, options: { readonly cause: Error }) {
    super('ERR_VMS_DIRECTORY', `${directory} cannot be used: ${options.cause.message}`, {
      ...options,
      hint: 'name another directory, or see who may use this one',
    })
    this.directory = directory
  }
}

/** The disk (or the quota) is full. Nothing that was acknowledged is lost; this ledger object is dead. */
export class DiskFullError extends LedgerError {
  readonly directory: string

  constructor(directory: string, options?: ErrorOptions & { readonly hint?: string }) {
    super('ERR_VMS_DISK_FULL', `no space left for the ledger in ${directory}`, {
      hint: 'make room and start again: what was acknowledged is there',
      ...options,
    })
    this.directory = directory
  }
}

/** A commit or its sync failed. Whether the group is on the disk is unknown, so this ledger object is dead. */
export class CommitFailedError extends LedgerError {
  readonly directory: string

  constructor(directory: string, options?: ErrorOptions) {
    super('ERR_VMS_COMMIT_FAILED', `a commit to the ledger in ${directory} failed`, {
      ...options,
      hint: 'open the ledger again: it holds the whole group or none of it',
    })
    this.directory = directory
  }
}

/**
 * The writer cannot make a group: one of its entries or changes has no encoding, or is too large. No byte of the group reached the store.
 * The ledger can still be read. It takes no further group until it is opened again, because the group stands half made in memory.
 */
export class GroupRefusedError extends LedgerError {
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super('ERR_VMS_GROUP_REFUSED', `the group cannot be written: ${why}`, {
      cause,
      hint: 'nothing of it was stored; open the ledger again to go on',
    })
  }
}

/** The ledger was closed. */
export class LedgerClosedError extends LedgerError {
  constructor() {
    super('ERR_VMS_LEDGER_CLOSED', 'the ledger is closed')
  }
}

/** The ledger lacks an entry or a node that the caller asked for. */
export class OutOfRangeError extends LedgerError {
  readonly index: number
  readonly length: number

  constructor(index: number, length: number) {
    super('ERR_VMS_OUT_OF_RANGE', `entry ${index} is not in a ledger of ${length} entries`)
    this.index = index
    this.length = length
  }
}

/** Throws {@link OutOfRangeError} unless [start, end) is within the first `length` entries. */
export function assertRange(start: number, end: number, length: number): void {
  if (!Number.isSafeInteger(start) || start < 0) throw new OutOfRangeError(start, length)
  if (!Number.isSafeInteger(end) || end < start || end > length)
    throw new OutOfRangeError(Math.max(start, end - 1), length)
}

/** Proof that the key does not commit to block 0: the path leads from block 0 to the roots, which the host signed. */
export interface GenesisEvidence {
  readonly manifest: LedgerManifest
  readonly head: SignedHead
  readonly genesis: Uint8Array
  readonly path: readonly TreeNode[]
  readonly roots: readonly TreeNode[]
}

/** The host signed a ledger whose block 0 is not the genesis that its key commits to. */
export class GenesisMismatchError extends LedgerError {
  readonly key: Uint8Array
  readonly evidence: GenesisEvidence

  constructor(key: Uint8Array, evidence: GenesisEvidence) {
    const message = "block 0 is not the genesis that the ledger's key commits to"
    super('ERR_VMS_GENESIS_MISMATCH', message, {
      hint: 'do not trust the host; vms verify reports this as GENESIS_MISMATCH',
    })
    this.key = key
    this.evidence = evidence
  }
}

/** The key belongs to a core that is not a VMS ledger. */
export class NotALedgerError extends LedgerError {
  readonly key: Uint8Array

  constructor(key: Uint8Array, what: string) {
    super('ERR_VMS_NOT_A_LEDGER', `the key names no VMS ledger: ${what}`)
    this.key = key
  }
}

/** Names of the budgets with which a reader downloads another host's ledger. */
export type BudgetName =
  | 'downloadBytes'
  | 'minBytesPerSecond'
  | 'writtenBytes'
  | 'memoryMiB'
  | 'fuel'
  | 'callFuel'
  | 'deadlineMs'

/** A reader has used up one of its own budgets. That does not accuse the host. */
export class BudgetExceededError extends LedgerError {
  readonly budget: BudgetName
  /** Value of the budget, in the unit of its name. */
  readonly limit: number
  /** The amount that was used or would be needed, in the same unit. */
  readonly used: string

  constructor(budget: BudgetName, limit: number, used: string) {
    super('ERR_VMS_BUDGET_EXCEEDED', `the budget ${budget} is ${limit}, and ${used} was needed`)
    this.budget = budget
    this.limit = limit
    this.used = used
  }
}

/** No peer that has the data answered in time. */
export class UnreachableError extends LedgerError {
  constructor(what: string, waitedMs: number, options?: ErrorOptions) {
    super('ERR_VMS_UNREACHABLE', `${what} did not arrive within ${waitedMs} ms`, options)
  }

  override shouldRetry(): boolean {
    return true
  }
}

// RocksDB passes on the text of the operating system's error without its number, several causes deep.
const FULL = /ENOSPC|EDQUOT|EFBIG|no space left|quota exceeded|file too large/i
const CAUSES_MAX = 8

/** The error for a failed commit: disk full if one of the causes is a full disk. */
export const commitError = (directory: string, cause: unknown): LedgerError =>
  diskFull(directory, cause) ?? new CommitFailedError(directory, { cause })

const DENIED = /EACCES|EPERM|EROFS|permission denied|not permitted|read-only file system/i

/**
 * The error of opening or creating. The engines' errors have messages and no types. So an error that comes neither from the disk nor
 * from the operating system counts as damage; the message says what the engine found.
 */
export function openError(directory: string, cause: unknown): LedgerError {
  if (cause instanceof LedgerError) return cause
  const full = diskFull(directory, cause)
  if (full) return full
  if (cause instanceof Error && says(DENIED, cause)) return new DirectoryError(directory, { cause })
  const [line] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
  return new LedgerDamagedError(directory, line || 'the store does not say how', { cause })
}

/** Whether one of the causes of an error says that the disk is full. */
export const isDiskFull = (cause: unknown): boolean => says(FULL, cause)

const diskFull = (directory: string, cause: unknown): DiskFullError | null =>
  isDiskFull(cause) ? new DiskFullError(directory, { cause }) : null

/** Whether the code or the message of an error, or of one of its causes, matches `pattern`. */
function says(pattern: RegExp, cause: unknown): boolean {
  let error = cause
  for (let depth = 0; error instanceof Error && depth < CAUSES_MAX; depth++) {
    const { code, message } = error as NodeJS.ErrnoException
    if (pattern.test(`${code} ${message}`)) return true
    error = error.cause
  }
  return false
}
