/** The options of a service in a registry: those that all services share, and its own. */
import type { Request } from '@vms/format'
import type { ConsoleLine, WarmProcess } from '@vms/sandbox'
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
  readonly spare: WarmProcess
  readonly openLedgers: OpenLedgerCache
  readonly wakeRate: WakeRateLimit
  readonly onFatal: (error: Error) => void
  /** Called when the public description of a service changes: its state, length, methods, or whether it is awake. */
  readonly onChange: () => void
  readonly onConsole: (id: string, line: ConsoleLine) => void
  readonly observer?: Observer | undefined
}

export interface HostedOptions extends HostedParts {
  readonly id: string
  readonly dir: string
  readonly requestBytes: number
  /** Its dormant state. Null if it was awake when its host ended; then the registry opens its ledger once, to read the state. */
  readonly dormant: DormantState | null
  /** Its record in the provisioning log. */
  readonly known: Pick<DormantState, 'length' | 'methods'>
  /** Whether it takes calls and fires alarms. */
  readonly running: boolean
  readonly onError: (error: Error) => void
  /** Called with the caller that a request names, before its signature is checked. Throws a refusal. */
  readonly precheck: (caller: string) => void
  /** Decides on each new request whether the operator admits it. `storedBytes`: bytes that the service has stored. Throws a refusal. */
  readonly authorize: (request: Request, caller: string, storedBytes: number) => void
}
