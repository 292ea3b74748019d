/** When to connect again after a connection has ended. */
import { setTimeout } from 'node:timers/promises'
import { GoneError } from '../errors/errors.ts'

/** Milliseconds of the pause before the next try, doubled each time up to the longest. */
const PAUSE_MS = { first: 250, longest: 5_000 } as const

/** Waits before the next try, after `tries` that failed. The wait is random, so that the clients of a lost host do not return at once. */
export async function pauseBeforeRetry(
  tries: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const longest = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** tries)
  await setTimeout(Math.ceil((0.5 + Math.random() / 2) * longest), undefined, signal && { signal })
}

/** Whether `error`, from any of the packages, says that a host or its peers cannot be reached. */
export const isUnreachable = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'ERR_VMS_UNREACHABLE'

/** Whether the same address may have the ledger again later. */
export const mayComeBack = (error: unknown): boolean =>
  isUnreachable(error) && !(error instanceof GoneError)
