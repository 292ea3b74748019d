/** A host of one service: one script, one directory, one port. */
import {
  encodeKey,
  filesUrl,
  type GenesisEntry,
  ledgerUrl,
  type MachineLimits,
  type SignedHead,
} from '@vms/format'
import { joinSwarm, type Ledger, type Swarm, type SwarmOptions } from '@vms/ledger'
import type { ConsoleLine } from '@vms/sandbox'
import { CommitSignal } from '../connections/commit-signal.ts'
import { callsOverDht, type DhtCalls } from '../dht/dht-calls.ts'
import { ServiceFaultError } from '../errors/errors.ts'
import type { ServiceFault } from '../errors/fault.ts'
import { Description } from '../http/description.ts'
import { folderFiles } from '../http/folder-files.ts'
import { makeDirectory, type Script } from '../opening/deploy.ts'
import type { HostKeys } from '../opening/keys.ts'
import { openOrCreate } from '../opening/opening.ts'
import { startService } from '../opening/starting.ts'
import { HostOracles, type Oracles } from '../oracles/oracles.ts'
import { admitPeer } from '../rates/visitor-address.ts'
import type { Service } from '../service/service.ts'
import type { ServiceLimits } from '../settings/limits.ts'
import { describeOpen, PinnedService } from '../tenancy/pinned-service.ts'
import { mustHoldNoHost } from './host-directory.ts'
import type { CommonOptions } from './options.ts'
import { type BaseHost, type Listening, RunningHost, type Tenancy } from './tenancy.ts'

export interface HostOptions extends CommonOptions {
  readonly script: Script
  /** Accepts plain user names in place of signatures. The genesis records it, for ever. */
  readonly debug?: boolean
  /** Machine limits of a new ledger; an existing one keeps its own. */
  readonly machineLimits?: Partial<MachineLimits>
  /** Who may upgrade the script of a new ledger, and how many milliseconds before it takes effect. Default: nobody, ever. */
  readonly upgrade?: GenesisEntry['upgrade']
  /** Calls per epoch of a new ledger. */
  readonly epochCalls?: number
  /** Replay window of a new ledger, in entries. */
  readonly window?: number
  /** Functions that the script may ask by these names; {@link fetchOracle} makes one. Default none. */
  readonly oracles?: Oracles
  /**
   * Announce on the DHT, joining through these nodes or the public ones; false keeps to the port. Default false.
   * `calls`: take calls there too, from whoever knows the ledger's key. Default false: only replicate.
   */
  readonly swarm?: (Pick<SwarmOptions, 'bootstrap'> & { readonly calls?: boolean }) | false
  /** Called with each line that the script prints. */
  readonly onConsole?: (line: ConsoleLine) => void
  /**
   * Called when the service is faulted; the host stores nothing of the failed work. The host has refused the waiting requests, and is
   * closed. Default: write the reason to stderr and end the process with code 8.
   */
  readonly onFault?: (service: string, fault: ServiceFault) => void
}

/** A running host. */
export interface Host extends BaseHost<SignedHead> {
  /** `vms://…` of the ledger. */
  readonly ledgerUrl: string
  /** `hyper://…` of the files. */
  readonly filesUrl: string
  readonly genesis: GenesisEntry
  readonly methods: readonly string[]
  /** The newest durable head. */
  readonly head: SignedHead
  /** Whether this start created the ledger. */
  readonly created: boolean
}

export class RunningHostOfOne extends RunningHost<SignedHead> implements Host {
  readonly ledgerUrl: string
  readonly filesUrl: string
  readonly genesis: GenesisEntry
  readonly methods: readonly string[]
  readonly created: boolean
  #ledger: Ledger

  constructor(listening: Listening, tenancy: PinnedTenancy) {
    super(listening, tenancy)
    const { ledger, genesis, methods } = tenancy.service
    this.#ledger = ledger
    this.ledgerUrl = ledgerUrl(ledger.key)
    this.filesUrl = filesUrl(ledger.filesKey)
    this.genesis = genesis
    this.methods = [...methods]
    this.created = tenancy.created
  }

  get head(): SignedHead {
    return this.#ledger.head
  }
}

/** The one service of a host. */
export interface PinnedTenancy extends Tenancy<SignedHead> {
  readonly id: string
  readonly service: Service
  readonly created: boolean
  /** Resolves with the fault that ends the host. */
  readonly faulted: Promise<ServiceFault>
}

/** Opens or creates the ledger in the host's directory, and starts its service. */
export async function openPinned(
  options: HostOptions,
  listening: Listening,
): Promise<PinnedTenancy> {
  const { dir, ports, limits, operating, onFatal } = listening
  const { onConsole, script } = options
  const oracles = new HostOracles({
    functions: options.oracles ?? {},
    limits,
    timers: ports.timers,
    onThrown: (text) => onConsole?.({ level: 'error', text }),
  })
  const faulted = Promise.withResolvers<ServiceFault>()
  const commits = new CommitSignal()
  await mustHoldNoHost(dir)
  await makeDirectory(dir)
  const opened = await openOrCreate(dir, options, ports)
  let service: Service | null = null
  try {
    service = await startService(opened, {
      ports,
      limits,
      oracles,
      map: script.map,
      onConsole,
      observer: operating.observer,
      onCommit: () => commits.notify(),
      onFatal,
      onFault: faulted.resolve,
    })
    if (service.fault) throw new ServiceFaultError(service.fault)
  } catch (error) {
    await service?.close()
    await opened.ledger.close()
    throw error
  }
  const pinned = new PinnedService(service, opened.keys, commits)
  const { created } = opened
  const swarm = onDht(options, listening, { service, pinned, keys: opened.keys })
  return tenancyOf({
    options,
    limits,
    oracles,
    service,
    pinned,
    swarm,
    created,
    faulted: faulted.promise,
  })
}

interface Parts {
  readonly options: HostOptions
  readonly limits: ServiceLimits
  readonly oracles: HostOracles
  readonly service: Service
  readonly pinned: PinnedService
  readonly swarm: OnSwarm
  readonly created: boolean
  readonly faulted: Promise<ServiceFault>
}

function tenancyOf(parts: Parts): PinnedTenancy {
  const { options, limits, oracles, service, pinned, swarm, created, faulted } = parts
  const { ledger } = service
  const id = encodeKey(ledger.key)
  const description = new Description(() => ({
    version: 1,
    services: [describeOpen(service)],
    protocols: ['vms.rpc.1', 'vms.replicate.1'],
  }))
  pinned.commits.listen(() => description.changed())
  return {
    id,
    service,
    created,
    faulted,
    site: {
      debug: service.genesis.authentication === 'debug',
      connections: limits.connections,
      files: folderFiles(options.pages ?? {}),
      find: (wanted) => (wanted === '' || wanted === id ? pinned : null),
      description,
      unready: () => service.state.unready,
    },
    metrics: {
      services: () => [{ id, state: 'live', entries: ledger.length, queued: service.state.queued }],
      machines: () => (service.state.hasMachine ? 1 : 0),
      dht: () => swarm.calls?.size ?? 0,
    },
    async stop() {
      // Close the oracles first: otherwise the service would wait for a call that waits for one.
      oracles.close()
      await service.close()
      await swarm.calls?.close()
    },
    leaveDht: async () => swarm.swarm?.close(),
    async close() {
      const { head } = ledger
      await ledger.close()
      return head
    },
  }
}

interface OnSwarm {
  readonly swarm: Swarm | null
  readonly calls: DhtCalls | null
}

/** Joins the DHT in the background: the host serves meanwhile. */
function onDht(
  options: HostOptions,
  { ports, limits, connections, operating, onError }: Listening,
  { service, pinned, keys }: { service: Service; pinned: PinnedService; keys: HostKeys },
): OnSwarm {
  const { ledger } = service
  const calls = callsOverDht(options, {
    crypto: ports.crypto,
    channels: limits.connections,
    connections,
    topic: ledger.topics[0],
    served: {
      ledgerKey: ledger.key,
      transportKey: keys.transport.secretKey,
      endpoint: pinned,
      visitor: null,
    },
  })
  if (!options.swarm) return { swarm: null, calls }
  const swarm = joinSwarm(ledger, {
    ...options.swarm,
    announce: true,
    onEvent: (event) => {
      if (event.type === 'error') onError(event.error)
    },
    onStream: (stream) => {
      if (!admitPeer(stream, operating.addresses)) {
        stream.destroy()
        return
      }
      connections.watch(stream)
      calls?.accept(stream)
    },
  })
  return { swarm, calls }
}
