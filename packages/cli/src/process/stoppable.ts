/** A verb that SIGINT and SIGTERM end cleanly: what it waits for is given up, and the exit code says which it was. */

import type { Context } from './context.ts'
import { MAY_HAVE_EXECUTED } from './failure.ts'
import { type Stopping, stopOnSignal } from './signals.ts'

/** Runs `work`; what it throws after a signal is that signal's doing. A call whose fate this leaves open is told. */
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
