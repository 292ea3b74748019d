/** Flags for the budgets of audits and downloads. */
import type { AuditBudgets } from '@vms/auditor'
import type { Command } from 'commander'
import { bytes, duration, wholeNumber } from './options.ts'

/** The budgets of a download. */
export interface DownloadFlags {
  readonly maxDownload?: number
  readonly minRate?: number
  readonly maxSilence?: number
}

/** The budgets of an audit. */
export interface AuditFlags extends DownloadFlags {
  readonly maxWritten?: number
  readonly maxMemory?: number
  readonly maxFuel?: number
  readonly maxCallFuel?: number
  readonly deadline?: number
}

const MiB = 1024 ** 2

const units = wholeNumber(1, Number.MAX_SAFE_INTEGER)

/** Adds the flags of {@link DownloadFlags}. */
export function addDownloadBudgets(command: Command): Command {
  return command
    .option('--max-download <bytes>', 'download at most this (default: 64GiB)', bytes)
    .option(
      '--min-rate <bytes>',
      'least bytes a second from the host, on average (default: 2KiB)',
      bytes,
    )
    .option(
      '--max-silence <duration>',
      'longest time without data, or below --min-rate (default: 30s)',
      duration,
    )
}

/** Adds the flags of {@link AuditFlags}. */
export function addAuditBudgets(command: Command): Command {
  return addDeadline(addDownloadBudgets(command))
    .option(
      '--max-written <bytes>',
      'let the replayed calls write at most this (default: 64GiB)',
      bytes,
    )
    .option(
      '--max-memory <bytes>',
      'most memory for the heap of the machine, and for four times one group of entries (default: 2GiB)',
      bytes,
    )
    .option(
      '--max-fuel <units>',
      'most fuel of all replays together (default: 10000000000000)',
      units,
    )
    .option('--max-call-fuel <units>', 'most fuel of one replayed call (default: 300000000)', units)
}

/** Adds the flag `--deadline`. */
export function addDeadline(command: Command): Command {
  return command.option(
    '--deadline <duration>',
    'end after this time, complete or not (default: none)',
    duration,
  )
}

/** Help for the verbs with {@link addDownloadBudgets} alone. */
export const DOWNLOAD_BUDGETS_HELP = `
At the end of a budget the command names its flag and exits with 3 (ERR_VMS_BUDGET_EXCEEDED). That
accuses nobody: run it with a larger budget.`

/** Help for the verbs with {@link addAuditBudgets}. */
export const BUDGETS_HELP = `
At the end of a budget the audit names the flag (BUDGET_EXCEEDED) and exits with 3. That accuses
nobody: run it with a larger budget. vms verify reconnects a broken connection. With --dir it keeps
the downloaded blocks for the next run.`

/** The flags as budgets; a missing flag keeps the default. */
export function budgetsOf(flags: AuditFlags): Partial<AuditBudgets> {
  const { maxDownload, minRate, maxSilence, maxWritten, maxMemory } = flags
  const { maxFuel, maxCallFuel, deadline } = flags
  return {
    ...(maxDownload !== undefined && { downloadBytes: maxDownload }),
    ...(minRate !== undefined && { minBytesPerSecond: Math.max(1, minRate) }),
    ...(maxSilence !== undefined && { silenceMs: maxSilence }),
    ...(maxWritten !== undefined && { writtenBytes: maxWritten }),
    ...(maxMemory !== undefined && { memoryMiB: Math.max(LEAST_MIB, Math.ceil(maxMemory / MiB)) }),
    ...(maxFuel !== undefined && { fuel: maxFuel }),
    ...(maxCallFuel !== undefined && { callFuel: maxCallFuel }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
  }
}

/**
 * Runs `work` with a signal that also fires after `deadlineMs`. Then it rejects with `ERR_VMS_BUDGET_EXCEEDED`. Without a
 * deadline it only runs `work`.
 */
export async function withinDeadline<T>(
  deadlineMs: number | undefined,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (deadlineMs === undefined) return await work(signal)
  const { BudgetExceededError } = await import('@vms/auditor')
  const late = new AbortController()
  const over = (): void =>
    late.abort(new BudgetExceededError('deadlineMs', deadlineMs, `more than ${deadlineMs}`))
  const timer = setTimeout(over, deadlineMs)
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } catch (error) {
    // The work may reject with an error of its own because of the signal.
    throw late.signal.aborted ? late.signal.reason : error
  } finally {
    clearTimeout(timer)
  }
}

/** The smallest heap of a machine, in MiB. */
const LEAST_MIB = 64

/** The flag of each budget, for messages. */
export const BUDGET_FLAGS: Record<keyof AuditBudgets, string> = {
  downloadBytes: '--max-download',
  minBytesPerSecond: '--min-rate',
  silenceMs: '--max-silence',
  writtenBytes: '--max-written',
  memoryMiB: '--max-memory',
  fuel: '--max-fuel',
  callFuel: '--max-call-fuel',
  deadlineMs: '--deadline',
}
