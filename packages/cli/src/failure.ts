/** From an error to what a person reads on stderr and what the process exits with. */
import { VmsError, VmsRemoteError, VmsUsageError } from '@vms/client'
import { CommanderError } from 'commander'
import { EXIT } from './exit.ts'
import type { Output } from './output.ts'
import { safeText } from './terminal-text.ts'

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
  ERR_VMS_NO_LEDGER: EXIT.usage,
  ERR_VMS_SETTING_DIFFERS: EXIT.usage,
  ERR_VMS_PORT_TAKEN: EXIT.incomplete,
  ERR_VMS_LISTEN: EXIT.incomplete,
  ERR_VMS_LEDGER_LOCKED: EXIT.incomplete,
  ERR_VMS_LEDGER_DAMAGED: EXIT.incomplete,
  ERR_VMS_DISK_FULL: EXIT.incomplete,
  ERR_VMS_COMMIT_FAILED: EXIT.incomplete,
  ERR_VMS_UNREACHABLE: EXIT.incomplete,
  ERR_VMS_TIMEOUT: EXIT.incomplete,
  ERR_VMS_CLOSED: EXIT.incomplete,
}

/** The exit code for an error: its own, the table's, or by whether trying again may help. */
export function exitOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (!isCoded(error)) return EXIT.incomplete
  // Whatever code the script gave its error.
  if (error instanceof VmsRemoteError) return EXIT.no
  if (error instanceof VmsUsageError) return EXIT.usage
  return error.exit ?? EXITS[error.code] ?? (error.shouldRetry?.() ? EXIT.incomplete : EXIT.no)
}

/**
 * Says an error on stderr and returns the exit code. Errors that we expect have no stack: their message, code and hint
 * are for the person. Anything else is a fault of this program, and its stack is for us.
 */
export function reportFailure(error: unknown, output: Output): number {
  // Commander has written its message already.
  if (error instanceof CommanderError) return exitOf(error)
  const mark = output.style('red', '✘')
  if (!isCoded(error)) {
    output.tell(
      `${mark} unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    return exitOf(error)
  }
  output.tell(
    `${mark} ${safeText(describe(error))} ${output.style('dim', `[${safeText(error.code)}]`)}`,
  )
  if (error.frame) output.tell(`\n${error.frame}\n`)
  if (error.mayHaveExecuted)
    output.tell('  The call may have been executed all the same; vms log shows it.')
  else if (error.hint) output.tell(`  hint: ${error.hint}`)
  return exitOf(error)
}

/** The error in a sentence; of what a method threw, with the method and where it is recorded. */
export function describe(error: Error): string {
  if (!(error instanceof VmsRemoteError)) return error.message
  return `${error.method} threw ${error.name}: ${error.message} (entry ${error.index})`
}
