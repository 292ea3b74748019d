/**
 * The host: ledger, machine and RPC wired together to serve one script from one directory and one port.
 */
import path from 'node:path'
import {
  encodeKey,
  filesUrl,
  type GenesisEntry,
  ledgerUrl,
  type MachineLimits,
  type SignedHead,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { joinSwarm, type Swarm, type SwarmOptions } from '@vms/ledger'
import type { ConsoleLine } from '@vms/sandbox'
import { CommitSignal } from '../connections/commit-signal.ts'
import { Connections } from '../connections/connections.ts'
import { callsOverDht, type DhtCalls } from '../dht/dht-calls.ts'
import { ServiceFaultError } from '../errors/errors.ts'
import { endFaulted, endProcess } from '../errors/fatal.ts'
import type { ServiceFault } from '../errors/fault.ts'
import { Description } from '../http/description.ts'
import { type HttpListener, type HttpListenerOptions, makeHttpListener } from '../http/http-listener.ts'
import { folderFiles } from '../http/folder-files.ts'
import { type Served, Server, type Site } from '../http/server.ts'
import type { Tls } from '../http/tls.ts'
import { makeDirectory, type Script } from '../opening/deploy.ts'
import type { HostKeys } from '../opening/keys.ts'
import { type Opened, openOrCreate } from '../opening/opening.ts'
import { enginePorts, type HostPorts, startService } from '../opening/starting.ts'
import { fitHere } from '../operations/descriptors.ts'
import { HostOracles, type Oracles } from '../oracles/oracles.ts'
import type { AddressCounts } from '../rates/address-counts.ts'
import { admitPeer } from '../rates/visitor-address.ts'
import type { Service } from '../service/service.ts'
import {
  CONNECTION_LIMITS,
  PLAIN_SOCKETS,
  SERVICE_LIMITS,
  type ServiceLimits,
} from '../settings/limits.ts'
import { type OperatingOptions, operatingOf } from './options.ts'

export interface HostOptions extends OperatingOptions, HttpListenerOptions {
  /** Directory of the service, made if missing. */
  readonly dir: string
  readonly script: Script
  /** Takes plain user names in place of signatures. In the genesis, for ever. */
  readonly debug?: boolean
  /** Machine limits of a new ledger; an existing one keeps its own. */
  readonly machineLimits?: Partial<MachineLimits>
  /** Who may upgrade the script of a new ledger, and how many milliseconds before it takes effect. Default: nobody, ever. */
  readonly upgrade?: GenesisEntry['upgrade']
  /** Calls per epoch of a new ledger. */
  readonly epochCalls?: number
  /** Window of a new ledger, in entries. */
  readonly window?: number
  readonly serviceLimits?: Partial<ServiceLimits>
  /** Functions that the script may ask by these names; {@link fetchOracle} makes one. Default none. */
  readonly oracles?: Oracles
  /**
   * Announce on the DHT, joining through these nodes or the public ones; false keeps to the port. Default false.
   * `calls`: take calls there too, from whoever knows the ledger's key. Default false: only replicate.
   */
  readonly swarm?: (Pick<SwarmOptions, 'bootstrap'> & { readonly calls?: boolean }) | false
  /**
   * Folders whose files are served to browsers, by the paths at which they are, as in `{ '/': 'site', '/vms/': … }`. Default
   * none: then the host's own page is at `/`. At `/explorer/` it is in any case.
   */
  readonly pages?: Readonly<Record<string, string>>
  /** What the script prints. */
  readonly onConsole?: (line: ConsoleLine) => void
  /** What went wrong without ending the host, such as a failed announcement. */
  readonly onError?: (error: Error) => void
  /**
   * The storage failed: a commit or its sync. All connections are already cut; not another byte may leave, and nothing may be
   * retried. Default: say why on stderr and end the process with code 3.
   */
  readonly onFatal?: (error: Error) => void
  /**
   * The service failed by itself, and nothing was stored of what failed. Callers were told, and the host is closed. Default: say why on
   * stderr and end the process with code 8.
   */
  readonly onFault?: (service: string, fault: ServiceFault) => void
  readonly ports?: Partial<HostPorts>
}

/** A running host. */
export interface Host {
  /** `ws://…` where it takes calls. */
  readonly url: string
  readonly port: number
  readonly dir: string
  /** `vms://…` of the ledger. */
  readonly ledgerUrl: string
  /** `hyper://…` of the files. */
  readonly filesUrl: string
  readonly genesis: GenesisEntry
  readonly methods: readonly string[]
  /** The newest durable head. */
  readonly head: SignedHead
  /** Whether the ledger was begun by this start. */
  readonly created: boolean
  /** New connections get this certificate from now on. Throws a {@link HostError}; then all stays as it was. */
  renewTls(tls: Tls): void
  /** Commits what is being executed, closes everything, and resolves with the final head. */
  close(): Promise<SignedHead>
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens or begins the ledger in `dir` and serves the script. Rejects with a {@link HostError} or an error of the ledger. */
export async function hostOne(options: HostOptions): Promise<Host> {
  const ports: HostPorts = { ...enginePorts(sodiumCrypto), ...options.ports }
  const limits: ServiceLimits = { ...SERVICE_LIMITS, ...options.serviceLimits }
  const oracles = new HostOracles({
    functions: options.oracles ?? {},
    limits,
    onThrown: (text) => options.onConsole?.({ level: 'error', text }),
  })
  const dir = path.resolve(options.dir)
  const operating = operatingOf(options)
  const { metrics, cuts } = operating
  const httpListener = makeHttpListener(options)
  const onError = options.onError ?? (() => {})
  const connections = new Connections({
    crypto: ports.crypto,
    now: ports.now,
    limits,
    bounds: { ...CONNECTION_LIMITS, ...options.connectionLimits },
    cuts,
    observer: operating.observer,
    onError,
  })
  const wanted = { sockets: limits.connections + PLAIN_SOCKETS, awake: 1, machines: 1 }
  const { sockets } = fitHere(wanted, options.log)
  const server = new Server({ httpListener, connections, cuts, sockets, onError, ...operating.serving })
  // The port comes first: if it is taken, nothing has been written.
  await server.listen()
  let service: Service | null = null
  let opened: Opened | null = null
  const faulted = Promise.withResolvers<ServiceFault>()
  try {
    await makeDirectory(dir)
    opened = await openOrCreate(dir, options, ports)
    const { onConsole, script } = options
    const commits = new CommitSignal()
    service = await startService(opened, {
      ports,
      limits,
      oracles,
      map: script.map,
      onConsole,
      observer: operating.observer,
      onCommit: () => commits.tell(),
      onFatal: (error) => {
        server.destroy()
        ;(options.onFatal ?? endProcess)(error)
      },
      onFault: faulted.resolve,
    })
    if (service.fault) throw new ServiceFaultError(service.fault)
    const { ledger } = service
    const served = servedOf(service, opened.keys, commits)
    const site = siteOf(service, served, limits, options.pages)
    commits.listen(() => site.description.changed())
    server.serve(site)
    const calls = callsOverDht(options, {
      crypto: ports.crypto,
      channels: limits.connections,
      connections,
      topic: ledger.topics[0],
      served: {
        ledgerKey: ledger.key,
        transportKey: opened.keys.transport.secretKey,
        endpoint: served,
        visitor: null,
      },
    })
    const started = service
    metrics?.watch({
      services: () => [
        {
          id: encodeKey(ledger.key),
          state: 'live',
          entries: ledger.length,
          queued: started.state.queued,
        },
      ],
      connections: () => ({ ...server.connections, dht: calls?.size ?? 0 }),
      cuts: () => cuts.counts,
      machines: () => (started.state.hasMachine ? 1 : 0),
    })
    const { addresses } = operating
    const parts = { options, dir, httpListener, server, service, oracles, calls, connections, addresses }
    const host = running({ ...parts, created: opened.created })
    void faulted.promise.then(async (fault) => {
      operating.observer.onFault(encodeKey(ledger.key), fault)
      await host.close().catch(onError)
      if (!options.onFault) endFaulted(fault)
    })
    return host
  } catch (error) {
    await server.close()
    await service?.close()
    await opened?.ledger.close()
    throw error
  }
}

function servedOf(service: Service, { refusal }: HostKeys, commits: CommitSignal): Served {
  const { ledger, genesis } = service
  const awake = { service, refusalKey: refusal.secretKey }
  return {
    requestBytes: genesis.limits.requestBytes,
    commits,
    use: (work) => work(awake),
    replicate: async () => ledger.replicate(false),
  }
}

function siteOf(
  service: Service,
  served: Served,
  limits: ServiceLimits,
  folders: HostOptions['pages'] = {},
): Site {
  const id = encodeKey(service.ledger.key)
  return {
    debug: service.genesis.authentication === 'debug',
    connections: limits.connections,
    files: folderFiles(folders),
    find: (wanted) => (wanted === '' || wanted === id ? served : null),
    description: new Description(() => describe(service)),
    unready: () => service.state.unready,
  }
}

function describe(service: Service): unknown {
  const { ledger, genesis } = service
  return {
    version: 1,
    services: [
      {
        id: encodeKey(ledger.key),
        title: genesis.script.title,
        ledger: ledgerUrl(ledger.key),
        files: filesUrl(ledger.filesKey),
        methods: [...service.methods],
        authentication: genesis.authentication,
        semantics: genesis.semantics,
        length: ledger.length,
      },
    ],
    protocols: ['vms.rpc.1', 'vms.replicate.1'],
  }
}

interface Parts {
  readonly options: HostOptions
  readonly dir: string
  readonly httpListener: HttpListener
  readonly server: Server
  readonly service: Service
  readonly oracles: HostOracles
  readonly calls: DhtCalls | null
  readonly connections: Connections
  readonly addresses: AddressCounts
  readonly created: boolean
}

function running(parts: Parts): Host {
  const { options, dir, httpListener, server, service, oracles, calls, created } = parts
  const { connections, addresses } = parts

  const { ledger, genesis } = service
  // Joining the DHT goes on behind: serving never waits for it.
  const swarm: Swarm | null = options.swarm
    ? joinSwarm(ledger, {
        ...options.swarm,
        announce: true,
        onEvent: (event) => {
          if (event.type === 'error') options.onError?.(event.error)
        },
        onStream: (stream) => {
          if (!admitPeer(stream, addresses)) {
            stream.destroy()
            return
          }
          connections.watch(stream)
          calls?.accept(stream)
        },
      })
    : null
  let closing: Promise<SignedHead> | null = null
  const close = async (): Promise<SignedHead> => {
    // What waits for one of them must not keep the others.
    oracles.close()
    await service.close()
    await calls?.close()
    await Promise.all([server.close(), swarm?.close()])
    const { head } = ledger
    await ledger.close()
    return head
  }
  return {
    get url() {
      return httpListener.url
    },
    get port() {
      return httpListener.port
    },
    dir,
    ledgerUrl: ledgerUrl(ledger.key),
    filesUrl: filesUrl(ledger.filesKey),
    genesis,
    methods: [...service.methods],
    get head() {
      return ledger.head
    },
    created,
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
