/** The ledger in the directory of a stopped service. */
import { Ledger, sodiumCrypto } from '@vms/auditor'
import { CliError } from './errors.ts'
import { EXIT } from './exit.ts'

/** Opens it for reading. Where a host has it open, the error says how that one is asked instead. */
export async function openStoppedLedger(directory: string): Promise<Ledger> {
  try {
    return await Ledger.open(directory, { crypto: sodiumCrypto, readOnly: true })
  } catch (cause) {
    const { code, message } = cause as CliError
    if (code !== 'ERR_VMS_LEDGER_LOCKED') throw cause
    throw new CliError(code, EXIT.incomplete, message, {
      hint: 'a host is running there: give its address instead, such as localhost:5555',
      cause,
    })
  }
}
