/** Load on one caller: keeps a number of calls in flight until a number of them is done, and says how long each took. */

export interface Load {
  /** Calls in all. */
  readonly calls: number
  /** Calls at one time. */
  readonly inFlight: number
}

export interface Measured {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export async function measure(
  call: () => Promise<unknown>,
  { calls, inFlight }: Load,
): Promise<Measured> {
  const tookMs: number[] = []
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < calls) {
      started += 1
      const begun = performance.now()
      await call()
      tookMs.push(performance.now() - begun)
    }
  }
  const begun = performance.now()
  await Promise.all(Array.from({ length: inFlight }, worker))
  const seconds = (performance.now() - begun) / 1_000
  tookMs.sort((a, b) => a - b)
  const at = (share: number): number =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0
  return { perSecond: calls / seconds, p50Ms: at(0.5), p99Ms: at(0.99) }
}

/** The middle one of several rounds, by throughput: machines are noisy. */
export function median(rounds: readonly Measured[]): Measured {
  const sorted = rounds.toSorted((a, b) => a.perSecond - b.perSecond)
  return sorted[Math.floor(sorted.length / 2)] as Measured
}
