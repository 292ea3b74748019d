/**
 * CPU priority: after one long computation, a service yields processor time to the other services of its host. The host lowers the
 * priority of the machine's process, and the operating system then prefers the others. The machine does not stop.
 * Only root can raise a priority again, so the service keeps the low one until it becomes dormant.
 */
import { readdirSync } from 'node:fs'
import os from 'node:os'
import type { Timers } from '@vms/ledger'

/** Milliseconds of one group, boot or alarm after which the host lowers the priority: ten times the duration of a group of small calls. */
export const HEAVY_MS = 250

/** The lowest priority that the operating system has. */
const LOWEST_PRIORITY = 19

/** A machine's process. */
export interface Process {
  readonly pid: number | undefined
}

export class CpuPriority {
  #lower: (pid: number) => void
  #heavy = false
  /** The process that has the low priority already. */
  #lowered: number | undefined
  #cancel: () => void = () => {}
  readonly #timers: Timers

  constructor(timers: Timers, lower = lowerPriority) {
    this.#timers = timers
    this.#lower = lower
  }

  /** The machine begins a group, a boot or an alarm. */
  begin({ pid }: Process): void {
    if (this.#heavy) this.#apply(pid)
    else {
      this.#cancel = this.#timers.after(HEAVY_MS, () => {
        this.#heavy = true
        this.#apply(pid)
      })
    }
  }

  /** The work has ended, with or without an error. */
  end(): void {
    this.#cancel()
  }

  #apply(pid: number | undefined): void {
    if (pid === undefined || pid === this.#lowered) return
    this.#lowered = pid
    this.#lower(pid)
  }
}

/** On Linux each thread has its own priority. This lowers the threads that exist; later threads inherit it. */
function lowerPriority(pid: number): void {
  for (const thread of threadsOf(pid)) {
    try {
      os.setPriority(thread, LOWEST_PRIORITY)
    } catch {
      // The thread has ended, or the operating system has no priorities.
    }
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return [pid]
  }
}
