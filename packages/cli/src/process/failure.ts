/** From an error to what a person reads on stderr and what the process exits with. */
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

// What a script throws keeps the script's own code; the client's class says that it is no error of ours.
const isCoded = (error: unknown): error is CodedError =>
  error instanceof VmsError ||
  (error instanceof Error && /^ERR_VMS_/.test(String((error as Partial<CodedError>).code)))

/** Codes of other packages whose exit code is not the one that {@link exitOf} would give. */
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
 * What to do about errors of other packages, in the words of the command line: those packages do not know that they are
 * used from here.
 */
const HINTS: Record<string, string> = {
  ERR_VMS_BAD_ADDRESS: 'an address is localhost:5555, :5555, wss://example.org or vms://<key>',
  ERR_VMS_BAD_FRAME: 'what answers there is no VMS host, or one of another version',
  ERR_VMS_BAD_METHOD: 'vms info lists the methods',
  ERR_VMS_CONNECTION_LOST: 'the host may have stopped; vms info says whether it answers',
  ERR_VMS_SCRIPT_DOES_NOT_BOOT:
    'as an upgrade the host would drop it, and the script before would go on',
  ERR_VMS_NO_LEDGER:
    'a service that vms exec made is in ./.vms/<script name>, or where its --dir said',
  ERR_VMS_PROTOCOL: 'what answers there is no VMS host, or one of another version',
  ERR_VMS_TIMEOUT: 'is a VMS host there, and is it busy? --timeout <ms> waits longer',
  ERR_VMS_UNKNOWN_METHOD: 'vms info lists the methods',
  ERR_VMS_UNSUPPORTED_VALUE: 'vms call --help lists the values that there are',
  ERR_VMS_VALUE_TOO_DEEP: 'put what is deep into a string or into bytes',
}

/** The same, where the error itself says nothing better. */
const DEFAULTS: Record<string, string> = {
  ERR_VMS_USAGE: '--help shows how it is used',
  ERR_VMS_UNREACHABLE: 'is the host running, and is the address right?',
}

/** The exit code for an error: its own, the table's, or by whether trying again may help. */
export function exitOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (!isCoded(error)) return EXIT.incomplete
  // Whatever code the script gave its error.
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

/** What there is to say about an error, for a person and for a program. */
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

/** The error for a host that lied: do not trust it, and where the evidence is. */
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
    message: `the host is not to be trusted: ${lie.message}`,
    hint: `do not use this host, or the connection to it; ${where}${unknown}`,
    ...('file' in kept && { evidence: kept.file }),
  }
}

/** Said of a call that was sent and not answered. */
export const MAY_HAVE_EXECUTED = 'the call may have been executed all the same; vms log shows it'

const SYSTEM = 'the operating system said no: check the path, who may use it, and the disk'

const FULL_DISK: FailureJson = {
  code: 'ERR_VMS_DISK_FULL',
  message: 'there is no room left on the disk for what is downloaded or replayed',
  hint: 'make room, or let TMPDIR name a directory on another disk; this accuses nobody',
}

/**
 * A database passes on the text of the operating system's error alone, some causes down. An error of the operating system itself
 * is excluded: its disk may be that of stdout.
 */
function isFullDisk(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; depth += 1) {
    if (isOfSystem(cause)) return false
    if (/ENOSPC|EDQUOT|no space left|quota exceeded/i.test(cause.message)) return true
    cause = cause.cause
  }
  return false
}

/** What the operating system refuses is no fault of this program. */
const isOfSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'errno' in error

/** Commander puts its guess in a second line, in brackets. */
function usageOf({ message }: CommanderError): FailureJson {
  const [, what = message, guess] = /^(?:error: )?(.*?)(?:\n\((.*)\))?$/s.exec(message) ?? []
  const hint = `${guess === undefined ? '' : `${guess} `}${DEFAULTS['ERR_VMS_USAGE']}`
  return { code: 'ERR_VMS_USAGE', message: what, hint }
}

/** Whether an error is only commander's way to say that it has shown the help, or the version. */
const isHelp = (error: unknown): boolean =>
  error instanceof CommanderError && /^commander\.(help|version)/.test(error.code)

/**
 * Says an error on stderr and returns the exit code. Errors that we expect have no stack: their message, code and hint
 * are for the person. Anything else is a fault of this program, and its stack is for us.
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

/** The error in a sentence; of what a method threw, with the method and where it is recorded. */
export function describe(error: Error): string {
  if (!(error instanceof VmsRemoteError)) return error.message
  return `${error.method} threw ${error.name}: ${error.message} (entry ${error.index})`
}
