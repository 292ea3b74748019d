/** The options of every host, and the parts that the host builds from them. */

import type { ServiceFault } from '../errors/fault.ts'
import type { HttpListenerOptions } from '../http/http-listener.ts'
import type { Tls } from '../http/tls.ts'
import type { WebGuardOptions } from '../http/web-guard.ts'
import type { HostPorts } from '../opening/starting.ts'
import { Disconnects } from '../operations/disconnects.ts'
import { Latency } from '../operations/latency.ts'
import { type Log, requestLog } from '../operations/log.ts'
import { Metrics } from '../operations/metrics.ts'
import { CONNECTIONS_PER_ADDRESS, type VisitorsOptions } from '../operations/visitors.ts'
import { AddressCounts } from '../rates/address-counts.ts'
import { allObservers, type Observer } from '../service/observer.ts'
import type { ConnectionLimits, ServiceLimits } from '../settings/limits.ts'

export interface OperatingOptions extends VisitorsOptions, WebGuardOptions {
  /** Serve `/metrics` to everyone who can reach the port. Default false. */
  readonly metrics?: boolean
  /** Receives a line for each request and connection, for debugging. Default none. */
  readonly log?: Log
  /** Limits of each connection of calls. */
  readonly connectionLimits?: Partial<ConnectionLimits>
  /** Called when a service is faulted, with the id of its ledger and the fault. A host of one service ends then. */
  readonly onFault?: (service: string, fault: ServiceFault) => void
  /** Certificate and key for TLS. Default: plain HTTP, for one machine or behind a proxy. */
  readonly tls?: Tls
}

/** The parts that the host builds from its options. */
export interface Operating {
  /** Options of the HTTP server. */
  readonly serving: VisitorsOptions &
    WebGuardOptions & {
      readonly metrics: Metrics | null
      readonly latency: Latency
    }
  readonly metrics: Metrics | null
  readonly observer: Observer
  readonly cuts: Disconnects
  /** Counts of DHT streams by address. */
  readonly addresses: AddressCounts
}

export function operatingOf(options: OperatingOptions): Operating {
  const { metrics: wanted = false, log, trustedProxies, connectionsPerAddress } = options
  const { publicHosts, allowNullOrigin } = options
  const metrics = wanted ? new Metrics() : null
  const latency = new Latency(() => Date.now())
  const observers = [latency, ...(metrics ? [metrics] : []), ...(log ? [requestLog(log)] : [])]
  const observer = allObservers(observers)
  const serving = {
    metrics,
    latency,
    ...(log && { log }),
    ...(trustedProxies && { trustedProxies }),
    ...(connectionsPerAddress !== undefined && { connectionsPerAddress }),
    ...(publicHosts && { publicHosts }),
    ...(allowNullOrigin !== undefined && { allowNullOrigin }),
  }
  return {
    serving,
    metrics,
    cuts: new Disconnects(log),
    observer: {
      ...observer,
      onFault(service, fault) {
        observer.onFault(service, fault)
        options.onFault?.(service, fault)
      },
    },
    addresses: new AddressCounts(connectionsPerAddress ?? CONNECTIONS_PER_ADDRESS),
  }
}

/** The options of hosts of one service and of hosts of many. */
export interface CommonOptions extends OperatingOptions, HttpListenerOptions {
  /** Directory of the host, created if missing. */
  readonly dir: string
  /** Limits of each service. */
  readonly serviceLimits?: Partial<ServiceLimits>
  /**
   * Folders whose files the host serves to browsers, by path, as in `{ '/': 'site', '/vms/': … }`. Default none: then the host's own page
   * is at `/`. It is always at `/explorer/` too.
   */
  readonly pages?: Readonly<Record<string, string>>
  /** Called with each error that does not end the host, such as a failed announcement. */
  readonly onError?: (error: Error) => void
  /**
   * Called when the storage failed: a commit or its sync. The host has cut all connections. It must not send another byte nor retry
   * anything. Default: write the reason to stderr and end the process with code 3.
   */
  readonly onFatal?: (error: Error) => void
  readonly ports?: Partial<HostPorts>
}
