/** Why a service among many cannot be woken. */
import { HostError } from '../errors/errors.ts'

/** Its directory holds no ledger. */
export class LedgerMissingError extends HostError {
  constructor(id: string, dir: string) {
    super('ERR_VMS_LEDGER_MISSING', `the ledger of ${id} is not in ${dir}`, {
      hint: 'restore the directory from a backup, or remove the service',
    })
  }
}

/** The host closes, or the service was purged. */
export class NotServedError extends HostError {
  constructor(id: string) {
    super('ERR_VMS_CLOSING', `${id} is not served any more`)
  }
}
