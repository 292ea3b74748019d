/** Exponential backoff with full jitter: clients that lost the same host do not all return at once. */

/** Milliseconds to wait before try `attempt` (0-based). `random` gives numbers in [0, 1). */
export const backoffMs = (
  attempt: number,
  pause: { readonly first: number; readonly longest: number },
  random: () => number,
): number => Math.round(random() * Math.min(pause.longest, pause.first * 2 ** attempt))
