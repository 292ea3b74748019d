/** The port of metrics and logs: counts and times for metrics, one line per request for logs. */
import type { Entry } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import type { RefusalCode } from '@vms/rpc'
import type { ServiceFault } from '../errors/fault.ts'
import type { Recorded } from './pending.ts'

/** An answered request. */
export interface Answered {
  /** Its bytes as received. They may be no valid request. */
  readonly request: Uint8Array
  /** Milliseconds from its arrival to its answer. */
  readonly ms: number
  /** Its place in the ledger, or the code of its refusal. */
  readonly came: Recorded | { readonly code: RefusalCode; readonly message: string }
}

/** Receives the events of all services of a host. A ledger identifies its service. Must not throw. */
export interface Observer {
  /** Called when a request is answered: it is in the ledger, or refused. */
  onAnswer(ledger: LedgerPort, answer: Answered): void
  /** Called when a group is durable. `ms`: duration of its commit in milliseconds. */
  onGroup(ledger: LedgerPort, entries: readonly Entry[], ms: number): void
  /** Called when a service is faulted. `service`: its id. */
  onFault(service: string, fault: ServiceFault): void
}

/** Combines several observers. */
export const allObservers = (observers: readonly Observer[]): Observer => ({
  onAnswer(ledger, answer) {
    for (const observer of observers) observer.onAnswer(ledger, answer)
  },
  onGroup(ledger, entries, ms) {
    for (const observer of observers) observer.onGroup(ledger, entries, ms)
  },
  onFault(service, fault) {
    for (const observer of observers) observer.onFault(service, fault)
  },
})
