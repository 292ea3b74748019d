/**
 * Load: threads that keep the processor busy while a machine runs. The machine is then slower, and the system schedules its threads in
 * another order.
 */
import { Worker } from 'node:worker_threads'

/** Runs `task` while `threads` threads of this process spin. */
export async function underLoad<T>(threads: number, task: () => Promise<T>): Promise<T> {
  const workers = Array.from(
    { length: threads },
    () => new Worker('for (;;);', { eval: true, execArgv: [], env: {} }),
  )
  try {
    return await task()
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
