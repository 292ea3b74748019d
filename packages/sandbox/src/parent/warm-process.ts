/**
 * A warm process: a child process that is spawned before a machine needs it. Child processes are alike until they get a script, and
 * spawning takes most of a machine's start.
 */

import { defaultProcessLimits } from '../protocol/limits.ts'
import type { MachineOptions } from '../protocol/types.ts'
import { type Child, spawnChild } from './child-process.ts'

/** Milliseconds between taking a process and spawning the next one. The machine that took it needs the processor first. */
const REFILL_MS = 250

export class WarmProcess {
  #memoryMiB: number
  #child: Child | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  /** `memoryMiB`: the memory limit of the machines that may take the process. */
  constructor(memoryMiB: number) {
    this.#memoryMiB = memoryMiB
    this.#fill()
  }

  /** Returns the waiting process if it exists and has the limits of `options`. */
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
      // The next start spawns a process itself and reports the error if that fails too.
    }
  }
}
