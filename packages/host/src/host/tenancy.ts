/** The port from a host to its services: one pinned service, or the services of a registry. */
import type { Connections } from '../connections/connections.ts'
import type { HttpListener } from '../http/http-listener.ts'
import type { Server, Site } from '../http/server.ts'
import type { Tls } from '../http/tls.ts'
import type { HostPorts } from '../opening/starting.ts'
import type { MetricsSource } from '../operations/metrics.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import type { Operating } from './options.ts'

/** A host that listens, and does not serve yet. */
export interface Listening {
  readonly dir: string
  readonly ports: HostPorts
  readonly limits: ServiceLimits
  readonly operating: Operating
  readonly httpListener: HttpListener
  readonly server: Server
  readonly connections: Connections
  readonly onError: (error: Error) => void
  /** Call when the storage failed: cuts all connections, and ends the process unless the options say otherwise. */
  readonly onFatal: (error: Error) => void
}

/** `Closed`: the type of the result of `close`. */
export interface Tenancy<Closed> {
  readonly site: Site
  readonly metrics: Pick<MetricsSource, 'services' | 'machines'> & {
    /** Number of open channels of calls over the DHT. */
    dht(): number
  }
  /** Executes nothing new, and answers all executed requests. */
  stop(): Promise<unknown>
  leaveDht(): Promise<unknown>
  /** After both: closes the ledgers. */
  close(): Promise<Closed>
}

/** The common part of all running hosts. */
export interface BaseHost<Closed> extends AsyncDisposable {
  /** `ws://…` for calls. On a host of many services, each service is at `/<its id>`. */
  readonly url: string
  readonly port: number
  readonly dir: string
  /** Gives new connections another certificate. Throws a {@link HostError}; then nothing changes. */
  renewTls(tls: Tls): void
  /** Commits the current groups, and closes everything. A host of one service resolves with the final head. */
  close(): Promise<Closed>
}

export class RunningHost<Closed> implements BaseHost<Closed> {
  readonly dir: string
  #listening: Listening
  #tenancy: Tenancy<Closed>
  #closing: Promise<Closed> | null = null

  constructor(listening: Listening, tenancy: Tenancy<Closed>) {
    this.dir = listening.dir
    this.#listening = listening
    this.#tenancy = tenancy
  }

  get url(): string {
    return this.#listening.httpListener.url
  }

  get port(): number {
    return this.#listening.httpListener.port
  }

  renewTls(tls: Tls): void {
    this.#listening.server.renewTls(tls)
  }

  close(): Promise<Closed> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<Closed> {
    await this.#tenancy.stop()
    await Promise.all([this.#listening.server.close(), this.#tenancy.leaveDht()])
    return this.#tenancy.close()
  }
}
