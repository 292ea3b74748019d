/** Ends the process of a host that cannot continue. */
import { ServiceFaultError } from './errors.ts'
import type { ServiceFault } from './fault.ts'

/** Exit codes. A supervisor that restarts the host mends a full disk after somebody makes room, but no fault of a script. */
const CODES = { storage: 3, fault: 8 } as const

/** After a storage failure: writes the reason to stderr and ends the process with code 3. */
export function endProcess(error: Error & { code?: string; hint?: string }): void {
  end(error, CODES.storage)
}

/** After a fault of the only service: writes the reason to stderr and ends the process with code 8. */
export function endFaulted(fault: ServiceFault): void {
  end(new ServiceFaultError(fault), CODES.fault)
}

function end(error: Error & { code?: string; hint?: string }, exitCode: number): void {
  const { message, code = 'ERR_VMS_UNEXPECTED', hint } = error
  process.stderr.write(`fatal: ${message} [${code}]\n${hint ? `hint: ${hint}\n` : ''}`)
  process.exit(exitCode)
}
