/** Counts calls: by time, by method, by caller. */

import type { EntrySummary } from '../model/entry-summary.ts'
import type { ChartPoint } from '../widgets/chart.ts'

/** Most bars in the chart. */
const BARS = 60

/** Possible widths of a bar in milliseconds: steps that people count in. */
const STEPS = [
  1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 43_200_000, 86_400_000,
  604_800_000, 2_592_000_000,
]

export class Tally {
  calls = 0
  failed = 0
  readonly methods = new Map<string, number>()
  readonly callers = new Map<string, number>()
  /** Calls of each second: the number that returned, and of those that did not. */
  #seconds = new Map<number, [returned: number, failed: number]>()

  add({ type, time, methods, caller, outcome, failures }: EntrySummary): void {
    if ((type !== 'calls' && type !== 'alarm') || time === null || outcome === null) return
    this.calls += methods.length
    this.failed += failures
    for (const method of methods) add(this.methods, method, 1)
    if (caller !== null) add(this.callers, caller, methods.length)
    const second = Math.floor(time / 1_000)
    const counts = this.#seconds.get(second) ?? [0, 0]
    counts[0] += methods.length - failures
    counts[1] += failures
    this.#seconds.set(second, counts)
  }

  /** Calls over time, in the finest steps that fit. */
  bars(): { readonly points: readonly ChartPoint[]; readonly start: number; readonly end: number } {
    let first = Number.POSITIVE_INFINITY
    let last = 0
    for (const second of this.#seconds.keys()) {
      first = Math.min(first, second * 1_000)
      last = Math.max(last, second * 1_000)
    }
    if (this.#seconds.size === 0) return { points: [], start: 0, end: 0 }
    const step = STEPS.find((ms) => (last - first) / ms < BARS) ?? (last - first) / BARS
    const start = Math.floor(first / step) * step
    const sums = new Map<number, [number, number]>()
    for (const [second, [returned, failed]] of this.#seconds) {
      const at = Math.floor((second * 1_000 - start) / step)
      const sum = sums.get(at) ?? [0, 0]
      sums.set(at, [sum[0] + returned, sum[1] + failed])
    }
    const length = Math.floor((last - start) / step) + 1
    const points = Array.from({ length }, (_, i) => ({
      time: start + i * step,
      values: sums.get(i) ?? [0, 0],
    }))
    return { points, start, end: start + length * step }
  }
}

const add = (counts: Map<string, number>, name: string, by: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + by)
}
