/** What a host may be given for whoever operates it. */
import { allObservers, type Observer } from '../observer.ts'
import { type Log, requestLog } from './log.ts'
import { Metrics } from './metrics.ts'
import type { Tls } from './tls.ts'
import type { VisitorsOptions } from './visitors.ts'

export interface OperatingOptions extends VisitorsOptions {
  /** Serve `/metrics`, to whoever may reach the port. Default false. */
  readonly metrics?: boolean
  /** Gets a line for each request and connection, for debugging. Default none. */
  readonly log?: Log
  /** Speak TLS. Default: plain HTTP, for one machine or behind a proxy. */
  readonly tls?: Tls
}

/** What the options come to. */
export interface Operating {
  /** For the server. */
  readonly serving: VisitorsOptions & { readonly metrics: Metrics | null }
  readonly metrics: Metrics | null
  readonly observer: Observer | undefined
}

export function operatingOf(options: OperatingOptions): Operating {
  const { metrics: wanted = false, log, trustedProxies, connectionsPerAddress } = options
  const metrics = wanted ? new Metrics() : null
  const observers = [...(metrics ? [metrics] : []), ...(log ? [requestLog(log)] : [])]
  const serving = {
    metrics,
    ...(log && { log }),
    ...(trustedProxies && { trustedProxies }),
    ...(connectionsPerAddress !== undefined && { connectionsPerAddress }),
  }
  return { serving, metrics, observer: observers.length > 0 ? allObservers(observers) : undefined }
}
