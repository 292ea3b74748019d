/**
 * A warm process: a child process that is spawned before a machine needs it. All are alike until they get a script, and spawning takes
 * most of a machine's start.
 */

import { defaultProcessLimits } from '../protocol/limits.ts'
import type { MachineOptions } from '../protocol/types.ts'
import { type Child, spawnChild } from './child-process.ts'

/** Milliseconds from taking a process to spawning the next one: the machine that took it needs the processor first. */
const REFILL_MS = 250

export class WarmProcess {
  #memoryMiB: number
  #child: Child | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  /** `memoryMiB`: the limit of the machines that may take the process. Other machines do not get it. */
  constructor(memoryMiB: number) {
    this.#memoryMiB = memoryMiB
    this.#fill()
  }

  /** The waiting process, if there is one and it has the limits of `options`. */
  take({
    service,
    execArgv,
    env,
    childModule,
  }: Pick<MachineOptions, 'service' | 'execArgv' | 'env' | 'childModule'>): Child | null {
    const memoryMiB = service?.memoryMiB ?? defaultProcessLimits.memoryMiB
    if (execArgv || env || childModule || memoryMiB !== this.#memoryMiB) return null
    const child = this.#child
    this.#child = null
    this.#refill()
    return child
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    const child = this.#child
    this.#child = null
    if (!child) return
    const closed = new Promise((resolve) => child.process.once('close', resolve))
    child.process.kill('SIGKILL')
    await closed
  }

  #refill(): void {
    if (this.#closed || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#fill()
    }, REFILL_MS)
    this.#timer.unref()
  }

  #fill(): void {
    if (this.#closed || this.#child) return
    try {
      const child = spawnChild({ service: { memoryMiB: this.#memoryMiB } })
      this.#child = child
      const gone = (): void => {
        if (this.#child === child) this.#child = null
      }
      child.process.once('error', gone)
      child.process.once('exit', gone)
    } catch {
      // The next start spawns a process itself, and reports the error if that fails too.
    }
  }
}
