/**
 * Decides whether an error ends the host or only one service. A storage failure ends the host: nobody knows whether the group reached the
 * disk, so the host sends nothing more. Every other error is a fault of one service: the host refuses its calls and fires none of its
 * alarms. Clients can still read its ledger, and all other services continue.
 */
import { LedgerError } from '@vms/ledger'
import { Refusal } from './refusal.ts'

/** Why a service is faulted. */
export interface ServiceFault {
  /** Name of the error. */
  readonly name: string
  /** Stable identifier, `ERR_…`. */
  readonly code: string
  /** One line. */
  readonly reason: string
  /** When, such as `2026-12-01T12:00:00.000Z`. */
  readonly since: string
}

/** Codes of a full disk and of a failed write or sync, of a ledger and of a file beside it. */
const STORAGE = {
  ledger: ['ERR_VMS_DISK_FULL', 'ERR_VMS_COMMIT_FAILED'],
  system: ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'],
} as const

/** Most UTF-16 units of a reason. It is public, and an error may quote a script's text. */
const REASON_UNITS = 300

/** Whether an error ends the host. */
export function isStorageFailure(error: unknown): boolean {
  const codes: readonly string[] = error instanceof LedgerError ? STORAGE.ledger : STORAGE.system
  return codes.includes(describe(error).code)
}

/** The fault that an error causes. `now`: milliseconds since 1970. */
export function faultOf(error: unknown, now: number): ServiceFault {
  const { name, code, message } = describe(error)
  const [line = ''] = message.split('\n', 1)
  const reason = line.length > REASON_UNITS ? `${line.slice(0, REASON_UNITS)}…` : line
  return { name, code, reason: reason.toWellFormed(), since: new Date(now).toISOString() }
}

function describe(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error))
    return { name: 'NonError', code: 'ERR_VMS_UNEXPECTED', message: String(error) }
  const { name, message, code } = error as Error & { code?: unknown }
  return { name, code: typeof code === 'string' ? code : 'ERR_VMS_UNEXPECTED', message }
}

/** The refusal of a call to a faulted service. */
export const faulted = ({ reason }: Pick<ServiceFault, 'reason'>): Refusal =>
  new Refusal('ERR_VMS_FAULTED', `the service is faulted: ${reason}`)
