/** Processor time of another process, on systems that report it (Linux). */
import { readFileSync } from 'node:fs'

/**
 * Milliseconds of processor time of the process's first thread, which runs scripts. Null if the system does not report it. Garbage
 * collector and compiler threads do not count, because their number differs between computers.
 */
export function cpuMs(pid: number): number | null {
  try {
    const [nanoseconds] = readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ', 1)
    const ms = Number(nanoseconds) / 1e6
    return ms > 0 ? ms : null
  } catch {
    return null
  }
}
