/**
 * How many calls the next group may have. A group is held in memory until it is committed, and how much its calls will
 * write is not known before: so groups begin small, double while they stay light, and shrink when they do not.
 */
import type { FileChange } from '@vms/format'
import { GROUP_CALLS, GROUP_CHANGE_BYTES, GROUP_FIRST_CALLS } from './limits.ts'

export class GroupSize {
  #calls = GROUP_FIRST_CALLS

  /** Calls that the next group may have: at least 1, at most {@link GROUP_CALLS}. */
  get calls(): number {
    return this.#calls
  }

  /** Learns from a group what its calls wrote. */
  learn(calls: number, changes: readonly FileChange[]): void {
    if (calls === 0) return
    const bytes = changes.reduce(
      (sum, change) => sum + (change.kind === 'file' ? change.data.length : 0),
      0,
    )
    const fitting = bytes === 0 ? GROUP_CALLS : Math.floor((GROUP_CHANGE_BYTES / bytes) * calls)
    this.#calls = Math.max(1, Math.min(2 * this.#calls, fitting, GROUP_CALLS))
  }
}
