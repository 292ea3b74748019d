/**
 * The size of the next group, in calls. The host holds a group in memory until its commit, and cannot know beforehand how much its
 * calls write or how long they wait for oracles. So groups begin small, double while they stay light, and shrink otherwise.
 */
import {
  GROUP_CALLS,
  GROUP_CHANGE_BYTES,
  GROUP_FIRST_CALLS,
  GROUP_ORACLE_MS,
} from '../settings/limits.ts'

export class GroupSize {
  #calls = GROUP_FIRST_CALLS

  /** Calls that the next group may have: at least 1, at most {@link GROUP_CALLS}. */
  get calls(): number {
    return this.#calls
  }

  /** Learns from a group how many bytes its calls wrote, and how long they waited for oracles. */
  learn(calls: number, bytes: number, oracleMs = 0): void {
    if (calls === 0) return
    const fit = (room: number, taken: number): number =>
      taken === 0 ? GROUP_CALLS : Math.floor((room / taken) * calls)
    const fitting = Math.min(fit(GROUP_CHANGE_BYTES, bytes), fit(GROUP_ORACLE_MS, oracleMs))
    this.#calls = Math.max(1, Math.min(2 * this.#calls, fitting, GROUP_CALLS))
  }
}
