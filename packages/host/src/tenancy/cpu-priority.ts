/**
 * Weight: a service that computes for long gives way to the others of its host. The scheduler of the system shares the
 * cores by priority, at once and without a machine having to stop; so a heavy machine gets what the others leave.
 * Nobody but root can take that back, so a service is heavy until it has slept.
 */
import { readdirSync } from 'node:fs'
import os from 'node:os'

/** Milliseconds of one group, boot or alarm after which a service is heavy: ten times what a group of small calls takes. */
export const HEAVY_MS = 250

/** Steps of priority below the host's own: the least there is. */
const HEAVY_NICENESS = 19

/** A machine's process. */
export interface Process {
  readonly pid: number | undefined
}

export class CpuPriority {
  #lower: (pid: number) => void
  #heavy = false
  /** The process that gives way already. */
  #lowered: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(lower = giveWay) {
    this.#lower = lower
  }

  /** The machine begins to work. */
  begin({ pid }: Process): void {
    if (this.#heavy) this.#apply(pid)
    else {
      this.#timer = setTimeout(() => {
        this.#heavy = true
        this.#apply(pid)
      }, HEAVY_MS)
    }
  }

  /** It has ended, whatever came of it. */
  end(): void {
    clearTimeout(this.#timer)
  }

  #apply(pid: number | undefined): void {
    if (pid === undefined || pid === this.#lowered) return
    this.#lowered = pid
    this.#lower(pid)
  }
}

/** On Linux each thread has its own priority. This lowers the threads that exist; later threads inherit it. */
function giveWay(pid: number): void {
  for (const thread of threadsOf(pid)) {
    try {
      os.setPriority(thread, HEAVY_NICENESS)
    } catch {
      // It has ended already, or this system does not have priorities.
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
