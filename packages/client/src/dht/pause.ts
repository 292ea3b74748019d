/** A pause that a signal can end. */
import { after } from '../platform/timer.ts'

/** Resolves after `ms` milliseconds; rejects with the reason of `signal`. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = (): void => {
      stopTimer()
      reject(signal?.reason)
    }
    const stopTimer = after(ms, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
  })
