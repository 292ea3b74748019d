/** The port of metrics and logs: counts and times for metrics, one line per request for logs. */
import type { Entry } from '@vms/format'
import type { LedgerPort } from '@vms/ledger'
import type { RefusalCode } from '@vms/rpc'
import type { ServiceFault } from '../errors/fault.ts'
import type { Recorded } from './pending.ts'

/** A request that was answered. */
export interface Answered {
  /** Its bytes, as they came: perhaps no request at all. */
  readonly request: Uint8Array
  /** Milliseconds from its arrival to its answer. */
  readonly ms: number
  /** Where it stands, or why it was refused. */
  readonly came: Recorded | { readonly code: RefusalCode; readonly message: string }
}

/** Receives the events of all services of a host. A ledger identifies its service. Must not throw. */
export interface Observer {
  /** A request is answered: it is in the ledger, or was refused. */
  onAnswer(ledger: LedgerPort, answer: Answered): void
  /** A group is durable. `ms`: milliseconds that its commit took. */
  onGroup(ledger: LedgerPort, entries: readonly Entry[], ms: number): void
  /** A service, known by its id, is faulted. */
  onFault(service: string, fault: ServiceFault): void
}

/** Several as one. */
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
