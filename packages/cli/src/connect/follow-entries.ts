/**
 * New entries of a ledger as they arrive. The iteration continues after a restart of the host or a gap in the network: the downloaded
 * entries stay, and the next entry is the one after the last.
 */
import { setTimeout } from 'node:timers/promises'
import { abortable } from '../process/abortable.ts'
import { mayComeBack, pauseBeforeRetry } from './retry.ts'
import type { OpenSource } from './source.ts'

/** Milliseconds between two questions for new entries. */
const LOOK_MS = 500

export interface FollowOptions {
  readonly signal: AbortSignal
  /** Called once when the connection is lost. */
  readonly onLost: (error: Error) => void
  /** Called when the connection is back. */
  readonly onBack: () => void
}

/** Each entry from `from` on with its index, for ever. Throws the signal's reason, and errors that are not about the connection. */
export async function* followEntries(
  source: OpenSource,
  from: number,
  { signal, onLost, onBack }: FollowOptions,
): AsyncGenerator<readonly [index: number, block: Uint8Array]> {
  let next = from
  /** Tries since the connection was lost; null while the connection is open. */
  let tries: number | null = null
  for (;;) {
    try {
      if (tries !== null) {
        await abortable(source.reconnect(), signal)
        await abortable(source.update(), signal)
        tries = null
        onBack()
      }
      const entries = source.entries(next, source.head.length)[Symbol.asyncIterator]()
      for (;;) {
        const item = await abortable(entries.next(), signal)
        if (item.done) break
        yield [next++, item.value]
      }
      await setTimeout(LOOK_MS, undefined, { signal })
      await abortable(source.update(), signal)
    } catch (error) {
      if (signal.aborted || !mayComeBack(error)) throw error
      if (tries === null) onLost(error as Error)
      tries ??= 0
      await pauseBeforeRetry(tries++, signal)
    }
  }
}
