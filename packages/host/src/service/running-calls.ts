/** The requests that the machine runs now. They tell an oracle which call asks. */
import type { CallsEvent } from '@vms/sandbox/execution'
import type { RunningCall } from '../oracles/oracles.ts'

export class RunningCalls {
  events: readonly CallsEvent[] = []

  /** The running call `number` of the entry at `position`; null if it does not run. */
  readonly at: RunningCall = (position, number) => {
    const event = this.events.find((candidate) => candidate.position === position)
    const call = event?.request.calls[number]
    return call ? { method: call[0], args: call[1] } : null
  }
}
