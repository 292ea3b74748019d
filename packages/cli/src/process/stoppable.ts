/** A verb that SIGINT and SIGTERM end cleanly: it gives up its wait, and its exit code names the signal. */

import type { Context } from './context.ts'
import { MAY_HAVE_EXECUTED } from './failure.ts'
import { type Stopping, stopOnSignal } from './signals.ts'

/** Runs `work`. An error after a signal is the signal's doing. The verb says so if a call may have been executed. */
export async function stoppable(
  context: Context,
  work: (stopping: Stopping) => Promise<void>,
): Promise<void> {
  const stopping = stopOnSignal(context.output)
  try {
    await work(stopping)
  } catch (error) {
    const stopped = stopping.exitCode()
    if (stopped === null) throw error
    context.exitCode = stopped
    if ((error as { mayHaveExecuted?: unknown }).mayHaveExecuted) {
      context.output.tell(`Stopped: ${MAY_HAVE_EXECUTED}`)
    }
  } finally {
    stopping.end()
  }
}
