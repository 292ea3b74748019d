/** A timer for waits that may be endless: timers of the platform fire at once when the time is longer than they can count. */

/** Longest time in milliseconds that the platform's timers count. */
const LONGEST_MS = 2 ** 31 - 1

/** Calls `callback` after `ms` milliseconds, or never if that is longer than 24 days. Returns the function that cancels it. */
export function after(ms: number, callback: () => void): () => void {
  if (ms > LONGEST_MS) return () => {}
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

/** Resolves after `ms` milliseconds of `timer`, or as soon as `signal` is aborted. */
export async function pause(
  ms: number,
  signal: AbortSignal,
  timer: typeof after = after,
): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      stopTimer()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stopTimer = timer(ms, end)
    signal.addEventListener('abort', end)
  })
}
