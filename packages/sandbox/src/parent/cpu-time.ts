/** Processor time of another process, where the system tells (Linux). */
import { readFileSync } from 'node:fs'

/**
 * Milliseconds for which a process' first thread has run, which is the one that runs scripts; null if that cannot be known. Threads that
 * collect garbage or compile beside it do not count: how many there are differs from computer to computer.
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
