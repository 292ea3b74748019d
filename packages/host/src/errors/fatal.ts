/** How a process ends whose host cannot go on. */
import { ServiceFaultError } from './errors.ts'
import type { ServiceFault } from './fault.ts'

/** Exit codes: a supervisor that starts a host again mends a full disk that was emptied, and no script. */
const CODES = { storage: 3, fault: 8 } as const

/** The storage failed: says why on stderr and ends the process with code 3. */
export function endProcess(error: Error & { code?: string; hint?: string }): void {
  end(error, CODES.storage)
}

/** The one service of the host failed: says why on stderr and ends the process with code 8. */
export function endFaulted(fault: ServiceFault): void {
  end(new ServiceFaultError(fault), CODES.fault)
}

function end(error: Error & { code?: string; hint?: string }, exitCode: number): void {
  const { message, code = 'ERR_VMS_UNEXPECTED', hint } = error
  process.stderr.write(`fatal: ${message} [${code}]\n${hint ? `hint: ${hint}\n` : ''}`)
  process.exit(exitCode)
}
