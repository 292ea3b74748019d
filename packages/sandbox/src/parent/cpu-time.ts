/** Processor time of another process, where the system tells (Linux). */
import { readFileSync } from 'node:fs'

/**
 * Milliseconds for which the first thread of a process has run; that thread runs scripts. Null if the system does not tell. Threads that
 * collect garbage or compile beside it do not count, because their number differs from computer to computer.
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
