/** Stops on SIGINT and SIGTERM: finishes the current work, and exits with the code of the signal. */
import { signalExit } from '../errors/exit.ts'
import type { Output } from '../output/output.ts'

type StopSignal = 'SIGINT' | 'SIGTERM'

/**
 * A second signal within this many milliseconds is the same wish: Ctrl-C under npm arrives twice, from the terminal and
 * from npm. Later it means "now".
 */
export const FORCE_AFTER_MS = 1_000

export interface Stopping {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Resolves with the exit code when the first signal arrives. */
  readonly stopped: Promise<number>
  /** The exit code if a signal arrived, else null. */
  exitCode(): number | null
  /** Stops listening. */
  end(): void
}

/** Listens for the two signals until `end()`. `source` and `now` are the process and its clock, except in tests. */
export function stopOnSignal(
  output: Output,
  source: Pick<NodeJS.Process, 'on' | 'off' | 'exit'> = process,
  now: () => number = Date.now,
): Stopping {
  const controller = new AbortController()
  const stopped = Promise.withResolvers<number>()
  let first: { name: StopSignal; at: number } | null = null
  const handle = (name: StopSignal): void => {
    if (!first) {
      first = { name, at: now() }
      stopped.resolve(signalExit(name))
      controller.abort()
    } else if (now() - first.at >= FORCE_AFTER_MS) {
      output.tell('Stopped at once. What was not committed never happened.')
      source.exit(signalExit(name))
    }
  }
  const onInt = (): void => handle('SIGINT')
  const onTerm = (): void => handle('SIGTERM')
  source.on('SIGINT', onInt)
  source.on('SIGTERM', onTerm)
  return {
    signal: controller.signal,
    stopped: stopped.promise,
    exitCode: () => (first ? signalExit(first.name) : null),
    end() {
      source.off('SIGINT', onInt)
      source.off('SIGTERM', onTerm)
    },
  }
}
