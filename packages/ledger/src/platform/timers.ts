/** The port for timers: Node's own, or virtual time in tests. */

export interface Timers {
  /** Calls `work` after `ms` milliseconds. Returns the function that cancels the timer. */
  after(ms: number, work: () => void): () => void
  /** Resolves in a later turn of the event loop. */
  nextTurn(): Promise<void>
}

/** A timer alone does not keep the process alive: open servers and streams do. */
export const nodeTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, ms).unref()
    return () => clearTimeout(timer)
  },
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
}

/** Calls `work` every `ms` milliseconds. Returns the function that stops it. */
export function every(timers: Timers, ms: number, work: () => void): () => void {
  let cancel = timers.after(ms, beat)
  function beat(): void {
    cancel = timers.after(ms, beat)
    work()
  }
  return () => cancel()
}

/** Resolves after `ms` milliseconds. */
export const sleep = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => timers.after(ms, resolve))
