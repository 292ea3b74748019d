/** Errors on stderr for a person, and the exit codes of errors. */
import {
  VmsError,
  VmsProtocolError,
  VmsRemoteError,
  VmsTimeoutError,
  VmsUsageError,
} from '@vms/client'
import { CommanderError } from 'commander'
import { EXIT } from '../errors/exit.ts'
import { BUDGET_FLAGS } from '../options/budget-flags.ts'
import type { Output } from '../output/output.ts'
import { safeLines, safeText } from '../output/terminal-text.ts'
import { keepEvidence, type Lie, lieOf } from './evidence.ts'

/** What the errors of our packages have in common. */
interface CodedError extends Error {
  readonly code: string
  readonly hint?: string | null
  readonly mayHaveExecuted?: boolean
  readonly frame?: string
  readonly exit?: number
  shouldRetry?(): boolean
}

// An error that a script throws keeps the script's code. The client's class tells it from errors of VMS.
const isCoded = (error: unknown): error is CodedError =>
  error instanceof VmsError ||
  (error instanceof Error && /^ERR_VMS_/.test(String((error as Partial<CodedError>).code)))

/** Exit codes by the codes of other packages, where {@link exitOf} would give another one. */
const EXITS: Record<string, number> = {
  ERR_VMS_BAD_ADDRESS: EXIT.usage,
  ERR_VMS_UNSUPPORTED_VALUE: EXIT.usage,
  ERR_VMS_VALUE_TOO_DEEP: EXIT.usage,
  ERR_VMS_VALUE_TOO_LARGE: EXIT.usage,
  ERR_VMS_NO_LEDGER: EXIT.usage,
  ERR_VMS_DIRECTORY: EXIT.usage,
  ERR_VMS_SETTING_DIFFERS: EXIT.usage,
  ERR_VMS_TLS: EXIT.usage,
  ERR_VMS_PROXY: EXIT.usage,
  ERR_VMS_PUBLIC_HOST: EXIT.usage,
  ERR_VMS_BUDGET_EXCEEDED: EXIT.incomplete,
  ERR_VMS_PORT_TAKEN: EXIT.incomplete,
  ERR_VMS_LISTEN: EXIT.incomplete,
  ERR_VMS_LEDGER_LOCKED: EXIT.incomplete,
  ERR_VMS_LEDGER_DAMAGED: EXIT.incomplete,
  ERR_VMS_LEDGER_MOVED: EXIT.incomplete,
  ERR_VMS_KEYS_UNREADABLE: EXIT.incomplete,
  ERR_VMS_NOT_A_LEDGER: EXIT.incomplete,
  ERR_VMS_BEHIND: EXIT.incomplete,
  ERR_VMS_DISK_FULL: EXIT.incomplete,
  ERR_VMS_COMMIT_FAILED: EXIT.incomplete,
  ERR_VMS_SERVICE_FAULT: EXIT.faulted,
  ERR_VMS_UNREACHABLE: EXIT.incomplete,
  ERR_VMS_TIMEOUT: EXIT.incomplete,
  ERR_VMS_CLOSED: EXIT.incomplete,
}

/**
 * Hints for errors of other packages, in terms of the command line. They replace the hints of those packages, which know nothing
 * of commands and flags.
 */
const HINTS: Record<string, string> = {
  ERR_VMS_BAD_ADDRESS: 'an address is localhost:5555, :5555, wss://example.org or vms://<key>',
  ERR_VMS_BAD_FRAME: 'the server there is no VMS host, or has another version',
  ERR_VMS_BAD_METHOD: 'vms info lists the methods',
  ERR_VMS_CONNECTION_LOST: 'the host may have stopped; vms info says whether it answers',
  ERR_VMS_SCRIPT_DOES_NOT_BOOT:
    'the host would drop such an upgrade, and the old script would go on',
  ERR_VMS_NO_LEDGER:
    'vms exec keeps a service in ./.vms/<script name>, or in the directory of --dir',
  ERR_VMS_PROTOCOL: 'the server there is no VMS host, or has another version',
  ERR_VMS_TIMEOUT: 'is a VMS host there, and is it busy? --timeout <ms> waits longer',
  ERR_VMS_UNKNOWN_METHOD: 'vms info lists the methods',
  ERR_VMS_UNSUPPORTED_VALUE: 'vms call --help lists the kinds of value',
  ERR_VMS_VALUE_TOO_DEEP: 'put the deep part into a string or into bytes',
}

/** Hints for errors that have none of their own. */
const DEFAULTS: Record<string, string> = {
  ERR_VMS_USAGE: '--help shows how it is used',
  ERR_VMS_UNREACHABLE: 'is the host running, and is the address right?',
}

/** The exit code of an error: its own, that of the table, or, for other errors, by whether a retry may help. */
export function exitOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (!isCoded(error)) return EXIT.incomplete
  // Before the table, because the code is the script's.
  if (error instanceof VmsRemoteError) return EXIT.no
  if (lieOf(error)) return EXIT.lie
  if (error instanceof VmsUsageError) return EXIT.usage
  if (error instanceof VmsProtocolError) return EXIT.incomplete
  return error.exit ?? EXITS[error.code] ?? (error.shouldRetry?.() ? EXIT.incomplete : EXIT.no)
}

/** An error as `--json` has it. */
export interface FailureJson {
  readonly code: string
  readonly message: string
  /** What to do about it. */
  readonly hint: string | null
  /** File with the evidence against a host that lied. */
  readonly evidence?: string
}

/** An error with its hint, for a person or a program. */
export function failureOf(error: unknown): FailureJson {
  if (error instanceof CommanderError) return usageOf(error)
  if (error instanceof VmsRemoteError) {
    return { code: error.code, message: describe(error), hint: error.hint }
  }
  const lie = lieOf(error)
  if (lie) return lieFailure(lie, isCoded(error) && error.mayHaveExecuted === true)
  if (isCoded(error)) {
    const { code, message, hint = null, mayHaveExecuted } = error
    if (mayHaveExecuted) return { code, message, hint: MAY_HAVE_EXECUTED }
    if (error instanceof VmsTimeoutError && error.cause) return { code, message, hint }
    const flag = BUDGET_FLAGS[(error as { budget?: unknown }).budget as keyof typeof BUDGET_FLAGS]
    if (flag) {
      const other = flag === BUDGET_FLAGS.minBytesPerSecond ? 'smaller' : 'larger'
      return { code, message, hint: `this accuses nobody; a ${other} ${flag} lets it go on` }
    }
    // An error of the command line has a hint for its own case. The table has one hint for all cases of a code.
    const own = 'exit' in error ? hint : null
    return { code, message, hint: own ?? HINTS[code] ?? hint ?? DEFAULTS[code] ?? null }
  }
  if (isFullDisk(error)) return FULL_DISK
  if (isOfSystem(error)) return { code: 'ERR_VMS_SYSTEM', message: error.message, hint: SYSTEM }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'ERR_VMS_UNEXPECTED', message, hint: null }
}

/** The error for a host that lied, with the file of the evidence. */
function lieFailure(lie: Lie, mayHaveExecuted: boolean): FailureJson {
  const { code } = lie
  const kept = keepEvidence(lie)
  const where =
    'file' in kept
      ? `the evidence is in ${kept.file}`
      : `the evidence could not be stored: ${kept.why}`
  const unknown = mayHaveExecuted ? '. Nobody can tell whether the host executed the call' : ''
  return {
    code,
    message: `do not trust the host: ${lie.message}`,
    hint: `stop using this host, or the connection to it; ${where}${unknown}`,
    ...('file' in kept && { evidence: kept.file }),
  }
}

/** The hint for a call without an answer. */
export const MAY_HAVE_EXECUTED = 'the host may have executed the call; vms log shows it'

const SYSTEM = 'the operating system refused: check the path, its permissions, and the disk'

const FULL_DISK: FailureJson = {
  code: 'ERR_VMS_DISK_FULL',
  message: 'the disk has no room for the download or the replay',
  hint: 'make room, or set TMPDIR to a directory on another disk; this accuses nobody',
}

/**
 * Whether an error comes from a full disk. A database keeps only the text of the operating system's error, in a cause of a cause.
 * An error of the operating system itself does not count, because its disk may be that of stdout.
 */
function isFullDisk(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; depth += 1) {
    if (isOfSystem(cause)) return false
    if (/ENOSPC|EDQUOT|no space left|quota exceeded/i.test(cause.message)) return true
    cause = cause.cause
  }
  return false
}

/** Whether the operating system refused something, which is no fault of this program. */
const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'errno' in error

/** Wrong usage. Commander puts its guess in a second line, in brackets. */
function usageOf({ message }: CommanderError): FailureJson {
  const [, what = message, guess] = /^(?:error: )?(.*?)(?:\n\((.*)\))?$/s.exec(message) ?? []
  const hint = `${guess === undefined ? '' : `${guess} `}${DEFAULTS['ERR_VMS_USAGE']}`
  return { code: 'ERR_VMS_USAGE', message: what, hint }
}

/** Whether commander threw only because it has shown the help or the version. */
const isHelp = (error: unknown): boolean =>
  error instanceof CommanderError && /^commander\.(help|version)/.test(error.code)

/**
 * Writes an error to stderr and returns the exit code. An expected error has a message, a code and a hint for the person. Any
 * other error is a fault of this program, and its stack is for the developers.
 */
export function reportFailure(error: unknown, output: Output): number {
  if (isHelp(error)) return exitOf(error)
  const { code, message, hint } = failureOf(error)
  const mark = output.style('red', '✘')
  if (code === 'ERR_VMS_UNEXPECTED') {
    const stack = error instanceof Error ? error.stack : undefined
    output.tell(`${mark} unexpected: ${safeLines(stack ?? message)}`)
    return exitOf(error)
  }
  output.tell(`${mark} ${safeText(message)} ${output.style('dim', `[${safeText(code)}]`)}`)
  if (isCoded(error) && error.frame) output.tell(`\n${error.frame}\n`)
  if (hint) output.tell(`  hint: ${safeText(hint)}`)
  return exitOf(error)
}

/** The error in a sentence. If a method threw it, the sentence names the method and the entry. */
export function describe(error: Error): string {
  if (!(error instanceof VmsRemoteError)) return error.message
  return `${error.method} threw ${error.name}: ${error.message} (entry ${error.index})`
}
