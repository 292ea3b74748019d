/** A host of many services: one port, and one provisioning log that decides which services run. Idle services become dormant. */
import { statementTopic } from '@vms/rpc'
import { type ConsoleLine, WarmProcess } from '@vms/sandbox'
import { type DhtOptions, DhtServices } from '../dht/dht-services.ts'
import type { ServiceFault } from '../errors/fault.ts'
import { Description } from '../http/description.ts'
import { folderFiles } from '../http/folder-files.ts'
import type { Served, Site } from '../http/server.ts'
import type { ServiceState } from '../operations/metrics.ts'
import { type Policy, type PolicyOptions, QUOTAS } from '../provisioning/policy.ts'
import { openProvisioning, type Provisioning } from '../provisioning/provisioning.ts'
import type { ServiceRecord } from '../provisioning/records.ts'
import { Statements } from '../provisioning/statements.ts'
import { VisitorRate } from '../rates/visitor-rate.ts'
import { WakeRateLimit } from '../rates/wake-rate-limit.ts'
import type { HostLimits } from '../settings/limits.ts'
import { OpenLedgerCache } from '../tenancy/open-ledger-cache.ts'
import { type DescribedService, describeOpen, PinnedService } from '../tenancy/pinned-service.ts'
import { type RegisteredService, ServiceRegistry } from '../tenancy/service-registry.ts'
import { WorkerPool } from '../tenancy/worker-pool.ts'
import { openHostDirectory } from './host-directory.ts'
import type { CommonOptions } from './options.ts'
import { type BaseHost, type Listening, RunningHost, type Tenancy } from './tenancy.ts'

export interface HostOfManyOptions extends CommonOptions {
  /** Who may deploy, and within which quotas. Default: the operator alone. */
  readonly policy?: PolicyOptions
  readonly hostLimits?: Partial<HostLimits>
  /** Announce the running services on the DHT, and replicate them there; false uses the port only. Default false. */
  readonly swarm?: DhtOptions | false
  /** Called with each line that a service's script prints. */
  readonly onConsole?: (line: ConsoleLine & { readonly service: string }) => void
}

/** A service in /.well-known/vms.json. */
export interface ServedService extends DescribedService {
  /** State in the provisioning log. Clients can read a stopped or removed service, and cannot call it. */
  readonly state: ServiceRecord['state']
  /** Whether its ledger is open now. */
  readonly awake: boolean
  /** The fault because of which a running service takes no calls; null if there is none. */
  readonly fault: ServiceFault | null
}

/** A running host of many services. */
export interface HostOfMany extends BaseHost<void> {
  /** The provisioning service, which decides about all others. */
  readonly provisioning: ServedService
  readonly services: readonly ServedService[]
  /** The policy that the provisioning log records. */
  readonly policy: Policy
  /** Whether this start created the host. */
  readonly created: boolean
}

export class RunningHostOfMany extends RunningHost<void> implements HostOfMany {
  readonly created: boolean
  #tenants: Pick<RegistryTenancy, 'provisioning' | 'registry'>

  constructor(listening: Listening, tenancy: RegistryTenancy) {
    super(listening, tenancy)
    this.#tenants = tenancy
    this.created = tenancy.provisioning.created
  }

  get provisioning(): ServedService {
    return describeProvisioning(this.#tenants.provisioning)
  }

  get services(): readonly ServedService[] {
    return this.#tenants.registry.all().map(describe)
  }

  get policy(): Policy {
    return this.#tenants.provisioning.records.policy
  }
}

/** The services of a host of many. */
export interface RegistryTenancy extends Tenancy<void> {
  readonly provisioning: Provisioning
  readonly registry: ServiceRegistry
}

/** The parts that all services share. */
interface Shared {
  readonly openLedgers: OpenLedgerCache
  readonly warmProcess: WarmProcess
  readonly machines: WorkerPool
  readonly description: Description
  readonly registry: ServiceRegistry
}

/** Opens the host in its directory, or creates it. */
export async function openRegistry(
  options: HostOfManyOptions,
  limits: HostLimits,
  listening: Listening,
): Promise<RegistryTenancy> {
  const opened: { provisioning: Provisioning | null; dht: DhtServices | null } = {
    provisioning: null,
    dht: null,
  }
  const shared = sharedBy(options, limits, listening, () => opened.provisioning)
  const { openLedgers, warmProcess, registry } = shared
  try {
    await openHostDirectory(listening.dir)
    const provisioning = await openLog(options, listening, shared, () => opened.dht)
    opened.provisioning = provisioning
    await registry.settle(provisioning.records.services.values())
    const { service, keys, commits } = provisioning
    const pinned = new PinnedService(service, keys, commits)
    const statements = statementsOf(listening, limits, provisioning, registry)
    commits.listen(() => statements.changed())
    commits.listen(() => shared.description.changed())
    if (options.swarm) {
      opened.dht = joinDht(options.swarm, limits, listening, { provisioning, statements })
      opened.dht.follow(describeProvisioning(provisioning), pinned)
      for (const { record, service } of registry.all()) opened.dht.follow(record, service)
    }
    const site = siteOf(provisioning, pinned, registry, {
      connections: limits.connections,
      description: shared.description,
      statements: (asked, visitor) => statements.at(asked, visitor),
      files: folderFiles(options.pages ?? {}),
    })
    return tenancyOf(shared, { provisioning, dht: opened.dht, site })
  } catch (error) {
    openLedgers.close()
    await opened.dht?.close()
    await opened.provisioning?.close()
    await warmProcess.close()
    throw error
  }
}

function sharedBy(
  options: HostOfManyOptions,
  hostLimits: HostLimits,
  { dir, ports, limits, operating, onError, onFatal }: Listening,
  provisioning: () => Provisioning | null,
): Shared {
  const { now, timers } = ports
  const openLedgers = new OpenLedgerCache({ ...hostLimits, now, timers, onError })
  const warmProcess = new WarmProcess(limits.memoryMiB)
  const machines = new WorkerPool({ ...hostLimits, now, timers })
  const description = new Description(() => {
    const log = provisioning()
    return {
      version: 1,
      services: registry.all().map(describe),
      provisioning: log && describeProvisioning(log),
      protocols: ['vms.rpc.1', 'vms.replicate.1'],
    }
  })
  const registry = new ServiceRegistry({
    dir,
    ports,
    limits,
    machines,
    warmProcess,
    openLedgers,
    wakeRate: new WakeRateLimit(hostLimits.wakingsPerMinute, now),
    quotas: () => provisioning()?.records.policy.quotas ?? { ...QUOTAS, ...options.policy?.quotas },
    isDeciding: () => provisioning()?.service.state.executing ?? false,
    onConsole: (service, line) => options.onConsole?.({ ...line, service }),
    onError,
    onFatal,
    onChange: () => description.changed(),
    observer: operating.observer,
  })
  return { openLedgers, warmProcess, machines, description, registry }
}

/** Opens the provisioning log, which the registry follows. */
const openLog = (
  options: HostOfManyOptions,
  { dir, ports, limits, operating, onError, onFatal }: Listening,
  { warmProcess, registry }: Shared,
  dht: () => DhtServices | null,
): Promise<Provisioning> =>
  openProvisioning({
    dir,
    warmProcess,
    policy: options.policy ?? {},
    ports,
    limits,
    precheck: (caller) => registry.precheck('', caller),
    authorize: (request, caller) => registry.limitRate('', caller, request),
    halt: (id, entry) => registry.halt(id, entry),
    onSettled: (length) => registry.settled(length),
    onChange: (record, length) => {
      registry.follow(record, length)
      dht()?.follow(record, registry.get(record.id)?.service)
    },
    onConsole: (line) => options.onConsole?.({ ...line, service: 'provisioning' }),
    onError,
    onFatal,
    observer: operating.observer,
  })

const statementsOf = (
  { ports: { crypto, now } }: Listening,
  { statementsPerMinute }: HostLimits,
  provisioning: Provisioning,
  registry: ServiceRegistry,
): Statements =>
  new Statements({
    crypto,
    provisioning,
    records: () => registry.all().map(({ record }) => record),
    rate: new VisitorRate(statementsPerMinute, now),
  })

const joinDht = (
  options: DhtOptions,
  limits: HostLimits,
  { ports: { crypto }, connections, operating: { addresses }, onError }: Listening,
  { provisioning, statements }: { provisioning: Provisioning; statements: Statements },
): DhtServices =>
  new DhtServices(options, {
    crypto,
    limits,
    connections,
    addresses,
    onError,
    statements: {
      topic: statementTopic(crypto, provisioning.service.ledger.key),
      answer: (nonce, visitor) => statements.answer(nonce, visitor),
    },
  })

function tenancyOf(
  { openLedgers, warmProcess, machines, registry }: Shared,
  { provisioning, dht, site }: { provisioning: Provisioning; dht: DhtServices | null; site: Site },
): RegistryTenancy {
  return {
    provisioning,
    registry,
    site,
    metrics: {
      services: () => registry.all().map(stateOf),
      machines: () => machines.live,
      dht: () => dht?.calls ?? 0,
    },
    stop: () => {
      openLedgers.close()
      return Promise.all([provisioning.stop(), registry.stop()])
    },
    leaveDht: async () => dht?.close(),
    async close() {
      await Promise.all([provisioning.close(), registry.close(), warmProcess.close()])
    },
  }
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
    // No deployed service accepts names without signatures.
    debug: false,
    unready: () => service.state.unready,
    find: (wanted) => (wanted === id ? served : (registry.get(wanted)?.service ?? null)),
  }
}

const runningState = (
  record: ServiceRecord,
  service: RegisteredService['service'],
): ServiceState['state'] => {
  if (record.state !== 'running') return 'stopped'
  if (service.fault) return 'faulted'
  return service.awake ? 'live' : 'dormant'
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
  ...describeOpen(service),
  state: 'running',
  awake: true,
  fault: service.fault,
})
