/**
 * A host of many services: one port, one provisioning log that says what is served, and services that sleep while nobody
 * needs them.
 */
import path from 'node:path'
import { encodeKey, filesUrl, ledgerUrl } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { statementTopic } from '@vms/rpc'
import { type ConsoleLine, Spare } from '@vms/sandbox'
import { Connections } from '../connections/connections.ts'
import { DhtServices, type DhtOptions } from '../dht/dht-services.ts'
import { endProcess } from '../errors/fatal.ts'
import type { ServiceFault } from '../errors/fault.ts'
import { Description } from '../http/description.ts'
import { type HttpListener, type HttpListenerOptions, makeHttpListener } from '../http/http-listener.ts'
import { folderFiles } from '../http/folder-files.ts'
import { type Served, Server, type Site } from '../http/server.ts'
import type { Tls } from '../http/tls.ts'
import { enginePorts, type HostPorts } from '../opening/starting.ts'
import { fitHere } from '../operations/descriptors.ts'
import type { Log } from '../operations/log.ts'
import type { ServiceState } from '../operations/metrics.ts'
import { type Policy, type PolicyOptions, QUOTAS } from '../provisioning/policy.ts'
import { openProvisioning, type Provisioning } from '../provisioning/provisioning.ts'
import type { ServiceRecord } from '../provisioning/records.ts'
import { Statements } from '../provisioning/statements.ts'
import { VisitorRate } from '../rates/visitor-rate.ts'
import { WakeRateLimit } from '../rates/wake-rate-limit.ts'
import {
  CONNECTION_LIMITS,
  HOST_LIMITS,
  type HostLimits,
  PLAIN_SOCKETS,
  SERVICE_LIMITS,
  type ServiceLimits,
} from '../settings/limits.ts'
import { ServiceRegistry, type RegisteredService } from '../tenancy/service-registry.ts'
import { WorkerPool } from '../tenancy/worker-pool.ts'
import { ServedProvisioning } from '../tenancy/served-provisioning.ts'
import { OpenLedgerCache } from '../tenancy/open-ledger-cache.ts'
import { openHostDirectory } from './host-directory.ts'
import { type OperatingOptions, operatingOf } from './options.ts'

export interface HostOfManyOptions extends OperatingOptions, HttpListenerOptions {
  /** Directory of the host, made if missing. */
  readonly dir: string
  /** Who may deploy, and within which quotas. Default: the operator alone. */
  readonly policy?: PolicyOptions
  readonly hostLimits?: Partial<HostLimits>
  /**
   * Folders whose files are served to browsers, by the paths at which they are, as in `{ '/': 'site', '/vms/': … }`. Default
   * none: then the host's own page is at `/`. At `/explorer/` it is in any case.
   */
  readonly pages?: Readonly<Record<string, string>>
  /** Announce what runs on the DHT, and replicate it there; false keeps to the port. Default false. */
  readonly swarm?: DhtOptions | false
  /** Of each service. */
  readonly serviceLimits?: Partial<ServiceLimits>
  /** What the script of a service prints. */
  readonly onConsole?: (line: ConsoleLine & { readonly service: string }) => void
  /** What went wrong without ending the host. */
  readonly onError?: (error: Error) => void
  /** A commit or its sync failed: see {@link HostOptions.onFatal}. */
  readonly onFatal?: (error: Error) => void
  readonly ports?: Partial<HostPorts>
}

/** A service as it stands in /.well-known/vms.json. */
export interface ServedService {
  readonly id: string
  readonly title: string
  /** `vms://…` of the ledger. */
  readonly ledger: string
  /** `hyper://…` of the files. */
  readonly files: string
  readonly methods: readonly string[]
  readonly authentication: 'signed' | 'debug'
  readonly semantics: number
  readonly length: number
  /** What the provisioning log says; a service that is stopped or removed can be read, and takes no calls. */
  readonly state: ServiceRecord['state']
  /** Whether its ledger is open now. */
  readonly awake: boolean
  /** Why it takes no calls though it should; null if it does. */
  readonly fault: ServiceFault | null
}

/** A running host of many services. */
export interface HostOfMany {
  /** `ws://…`; a service is at `/<its id>`. */
  readonly url: string
  readonly port: number
  readonly dir: string
  /** The service that says what is served. */
  readonly provisioning: ServedService
  readonly services: readonly ServedService[]
  /** Who may deploy, as the provisioning log says. */
  readonly policy: Policy
  /** Whether the host was begun by this start. */
  readonly created: boolean
  /** New connections get this certificate from now on. Throws a {@link HostError}; then all stays as it was. */
  renewTls(tls: Tls): void
  /** Commits what is being executed, and closes everything. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens or begins the host in `dir`. */
export async function hostMany(options: HostOfManyOptions): Promise<HostOfMany> {
  const ports: HostPorts = { ...enginePorts(sodiumCrypto), ...options.ports }
  const limits: ServiceLimits = { ...SERVICE_LIMITS, ...options.serviceLimits }
  const { hostLimits, sockets } = fitting({ ...HOST_LIMITS, ...options.hostLimits }, options.log)
  const { onError = () => {}, onConsole } = options
  const dir = path.resolve(options.dir)
  const { metrics, observer, serving, cuts, addresses } = operatingOf(options)
  const httpListener = makeHttpListener(options)
  const connections = new Connections({
    crypto: ports.crypto,
    now: ports.now,
    limits,
    bounds: { ...CONNECTION_LIMITS, ...options.connectionLimits },
    cuts,
    observer,
    onError,
  })
  const server = new Server({ httpListener, connections, cuts, sockets, onError, ...serving })
  const onFatal = (error: Error): void => {
    server.destroy()
    ;(options.onFatal ?? endProcess)(error)
  }
  await server.listen()
  const openLedgers = new OpenLedgerCache({ ...hostLimits, now: ports.now, onError })
  const spare = new Spare(limits.memoryMiB)
  let provisioning: Provisioning | null = null
  let dht: DhtServices | null = null
  const machines = new WorkerPool({ ...hostLimits, now: ports.now })
  const description = new Description(() => ({
    version: 1,
    services: registry.all().map(describe),
    provisioning: provisioning && describeProvisioning(provisioning),
    protocols: ['vms.rpc.1', 'vms.replicate.1'],
  }))
  const registry = new ServiceRegistry({
    dir,
    ports,
    limits,
    machines,
    spare,
    openLedgers,
    wakeRate: new WakeRateLimit(hostLimits.wakingsPerMinute, ports.now),
    quotas: () => provisioning?.records.policy.quotas ?? { ...QUOTAS, ...options.policy?.quotas },
    isDeciding: () => provisioning?.service.state.executing ?? false,
    onConsole: (service, line) => onConsole?.({ ...line, service }),
    onError,
    onFatal,
    onChange: () => description.changed(),
    observer,
  })
  try {
    await openHostDirectory(dir)
    provisioning = await openProvisioning({
      dir,
      spare,
      policy: options.policy ?? {},
      ports,
      limits,
      precheck: (caller) => registry.precheck('', caller),
      authorize: (request, caller) => registry.limitRate('', caller, request),
      halt: (id, entry) => registry.halt(id, entry),
      onSettled: (length) => registry.settled(length),
      onChange: (record, length) => {
        registry.follow(record, length)
        dht?.follow(record, registry.get(record.id)?.service)
      },
      onConsole: (line) => onConsole?.({ ...line, service: 'provisioning' }),
      onError,
      onFatal,
      observer,
    })
    await registry.settle(provisioning.records.services.values())
    const served = new ServedProvisioning(provisioning)
    const records = () => registry.all().map(({ record }) => record)
    const rate = new VisitorRate(hostLimits.statementsPerMinute, ports.now)
    const statements = new Statements({ crypto: ports.crypto, provisioning, records, rate })
    provisioning.commits.listen(() => statements.changed())
    if (options.swarm) {
      const { crypto } = ports
      dht = new DhtServices(options.swarm, {
        crypto,
        limits: hostLimits,
        connections,
        addresses,
        onError,
        statements: {
          topic: statementTopic(crypto, provisioning.service.ledger.key),
          answer: (nonce, visitor) => statements.answer(nonce, visitor),
        },
      })
      dht.follow(describeProvisioning(provisioning), served)
      for (const { record, service } of registry.all()) dht.follow(record, service)
    }
    provisioning.commits.listen(() => description.changed())
    const files = folderFiles(options.pages ?? {})
    server.serve(
      siteOf(provisioning, served, registry, {
        connections: hostLimits.connections,
        description,
        statements: (asked, visitor) => statements.at(asked, visitor),
        files,
      }),
    )
    metrics?.watch({
      services: () => registry.all().map(stateOf),
      connections: () => ({ ...server.connections, dht: dht?.calls ?? 0 }),
      cuts: () => cuts.counts,
      machines: () => machines.live,
    })
  } catch (error) {
    openLedgers.close()
    await Promise.all([server.close(), dht?.close()])
    await provisioning?.close()
    await spare.close()
    throw error
  }
  return running({ httpListener, dir, server, registry, provisioning, openLedgers, spare, dht })
}

/** Limits that the files that this process may have open leave room for. */
function fitting(limits: HostLimits, log?: Log): { hostLimits: HostLimits; sockets: number } {
  const { connections, awake, machines } = limits
  const wanted = { sockets: connections + PLAIN_SOCKETS, awake, machines }
  const { sockets, ...fit } = fitHere(wanted, log)
  return { hostLimits: { ...limits, ...fit }, sockets }
}

function siteOf(
  provisioning: Provisioning,
  served: Served,
  registry: ServiceRegistry,
  parts: Pick<Site, 'connections' | 'description' | 'statements' | 'files'>,
): Site {
  const { id, service } = provisioning
  return {
    ...parts,
    // Nothing that is deployed can take names without signatures.
    debug: false,
    unready: () => service.state.unready,
    find: (wanted) => (wanted === id ? served : (registry.get(wanted)?.service ?? null)),
  }
}

const runningState = (record: ServiceRecord, service: RegisteredService['service']): ServiceState['state'] => {
  if (record.state !== 'running') return 'stopped'
  if (service.fault) return 'faulted'
  return service.awake ? 'live' : 'asleep'
}

const stateOf = ({ record, service }: RegisteredService): ServiceState => ({
  id: record.id,
  state: runningState(record, service),
  entries: service.length,
  queued: service.queued,
})

const describe = ({ record, service }: RegisteredService): ServedService => ({
  id: record.id,
  title: record.title,
  ledger: record.ledger,
  files: record.files,
  methods: service.methods,
  authentication: 'signed',
  semantics: record.semantics,
  length: service.length,
  state: record.state,
  awake: service.awake,
  fault: service.fault,
})

const describeProvisioning = ({ service }: Provisioning): ServedService => ({
  id: encodeKey(service.ledger.key),
  title: service.genesis.script.title,
  ledger: ledgerUrl(service.ledger.key),
  files: filesUrl(service.ledger.filesKey),
  methods: [...service.methods],
  authentication: service.genesis.authentication,
  semantics: service.genesis.semantics,
  length: service.ledger.length,
  state: 'running',
  awake: true,
  fault: service.fault,
})

interface Parts {
  readonly httpListener: HttpListener
  readonly dir: string
  readonly server: Server
  readonly registry: ServiceRegistry
  readonly provisioning: Provisioning
  readonly openLedgers: OpenLedgerCache
  readonly spare: Spare
  readonly dht: DhtServices | null
}

function running(parts: Parts): HostOfMany {
  const { httpListener, dir, server, registry, provisioning, openLedgers, spare, dht } = parts
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    openLedgers.close()
    await Promise.all([provisioning.stop(), registry.stop()])
    await Promise.all([server.close(), dht?.close()])
    await Promise.all([provisioning.close(), registry.close(), spare.close()])
  }
  return {
    get url() {
      return httpListener.url
    },
    get port() {
      return httpListener.port
    },
    dir,
    get provisioning() {
      return describeProvisioning(provisioning)
    },
    get services() {
      return registry.all().map(describe)
    },
    get policy() {
      return provisioning.records.policy
    },
    created: provisioning.created,
    renewTls: (tls) => server.renewTls(tls),
    close: () => {
      closing ??= close()
      return closing
    },
    async [Symbol.asyncDispose]() {
      await this.close()
    },
  }
}
