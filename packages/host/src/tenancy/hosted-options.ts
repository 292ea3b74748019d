/** What a service among many is given: what all of them share, and what is its own. */
import type { Request } from '@vms/format'
import type { ConsoleLine, Spare } from '@vms/sandbox'
import type { DormantState } from '../opening/dormant-state.ts'
import type { HostPorts } from '../opening/starting.ts'
import type { WakeRateLimit } from '../rates/wake-rate-limit.ts'
import type { Observer } from '../service/observer.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import type { OpenLedgerCache } from './open-ledger-cache.ts'
import type { WorkerPool } from './worker-pool.ts'

/** What all services of a host share. */
export interface HostedParts {
  readonly ports: HostPorts
  readonly limits: ServiceLimits
  readonly machines: WorkerPool
  /** A process that is ready for the next machine. */
  readonly spare: Spare
  readonly openLedgers: OpenLedgerCache
  readonly wakeRate: WakeRateLimit
  readonly onFatal: (error: Error) => void
  /** Something that is said of a service has changed: its state, length or methods, whether it is awake. */
  readonly onChange: () => void
  readonly onConsole: (id: string, line: ConsoleLine) => void
  readonly observer?: Observer | undefined
}

export interface HostedOptions extends HostedParts {
  readonly id: string
  readonly dir: string
  readonly requestBytes: number
  /** What is known of it; null if it was not asleep when its host ended. Then it is woken once, to see. */
  readonly dormant: DormantState | null
  /** Its record in the provisioning log. */
  readonly known: Pick<DormantState, 'length' | 'methods'>
  /** Whether it takes calls and fires alarms. */
  readonly running: boolean
  readonly onError: (error: Error) => void
  /** Asked who is named as the caller, before the signature is checked. Throws a refusal. */
  readonly precheck: (caller: string) => void
  /** What the operator lets in, asked of each new request; `storedBytes` is what the service has stored. Throws a refusal. */
  readonly authorize: (request: Request, caller: string, storedBytes: number) => void
}
