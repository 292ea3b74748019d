/** The parts of a service, and the callbacks of its host. */
import type { Crypto, FileChange, GenesisEntry, Request } from '@vms/format'
import type { LedgerPort, Timers } from '@vms/ledger'
import type { Execution } from '@vms/sandbox/execution'
import type { ServiceFault } from '../errors/fault.ts'
import type { HostOracles } from '../oracles/oracles.ts'
import type { EntryClock } from '../platform/clock.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import type { RefusalStore } from './final-refusals.ts'
import type { Observer } from './observer.ts'
import type { RunningCalls } from './running-calls.ts'

export interface ServiceOptions<L extends LedgerPort = LedgerPort> {
  readonly ledger: L
  readonly genesis: GenesisEntry
  readonly execution: Execution
  readonly running: RunningCalls
  readonly clock: EntryClock
  readonly timers: Timers
  /** The final refusals. */
  readonly final: RefusalStore
  readonly crypto: Crypto
  readonly limits: ServiceLimits
  readonly oracles: Pick<HostOracles, 'takeWaitedMs'>
  /** Called with the reason when an alarm cost a machine. The ledger keeps less. */
  readonly onReport?: (report: string) => void
  /** Called once if the storage fails. From then on nothing may leave the process. */
  readonly onFatal: (error: Error) => void
  /** Called once if the service is faulted. It executes nothing any more; clients can still read durable entries. */
  readonly onFault: (fault: ServiceFault) => void
  /** A fault that the service has from its start: it executes nothing. */
  readonly fault?: ServiceFault | null
  /** Called with the changed files of each group, once it is durable and before any answer leaves. */
  readonly onCommit?: (changes: readonly FileChange[]) => void
  /** Called with the caller that a request names, before its signature is checked, so that a flood is cheap to refuse. Throws {@link Refusal}. */
  readonly precheck?: (caller: string) => void
  /** Decides on each valid new request whether the operator admits it. Throws {@link Refusal}. */
  readonly authorize?: (request: Request, caller: string) => void
  /** Called after each group: whether the service gives its machine to a waiting service. */
  readonly yieldsMachine?: () => boolean
  /** Most calls of a group: all services share one thread of the host. Default: {@link GroupSize}'s. */
  readonly groupCalls?: () => number
  readonly observer?: Observer | undefined
}
