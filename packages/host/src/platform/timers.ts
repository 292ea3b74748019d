/** The port for timers: Node's own, or virtual time in tests. */

export interface Timers {
  /** Calls `work` after `ms` milliseconds. Returns what cancels it. */
  after(ms: number, work: () => void): () => void
  /** Resolves in a later turn of the event loop. */
  nextTurn(): Promise<void>
}

export const nodeTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
}
