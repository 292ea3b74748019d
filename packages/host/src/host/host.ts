/**
 * The host: a port, its connections, and a tenancy that holds its services. A host of one script pins one service. A host of many keeps a
 * registry of services, about which a provisioning service decides.
 */
import path from 'node:path'
import { sodiumCrypto } from '@vms/format/sodium'
import { Connections } from '../connections/connections.ts'
import { endFaulted, endProcess } from '../errors/fatal.ts'
import { makeHttpListener } from '../http/http-listener.ts'
import { Server } from '../http/server.ts'
import { enginePorts } from '../opening/starting.ts'
import { type DescriptorLimits, fitHere } from '../operations/descriptors.ts'
import {
  CONNECTION_LIMITS,
  HOST_LIMITS,
  PLAIN_SOCKETS,
  SERVICE_LIMITS,
} from '../settings/limits.ts'
import {
  type HostOfMany,
  type HostOfManyOptions,
  openRegistry,
  RunningHostOfMany,
} from './host-of-many.ts'
import { type Host, type HostOptions, openPinned, RunningHostOfOne } from './host-of-one.ts'
import { type CommonOptions, operatingOf } from './options.ts'
import type { Listening, Tenancy } from './tenancy.ts'

/** Opens or creates the ledger in `dir` and serves the script. Rejects with a {@link HostError} or an error of the ledger. */
export async function createHost(options: HostOptions): Promise<Host>
/** Without a script: serves many services, from the deployers that the policy allows. */
export async function createHost(options: HostOfManyOptions): Promise<HostOfMany>
export async function createHost(
  options: HostOptions | HostOfManyOptions,
): Promise<Host | HostOfMany> {
  if (!('script' in options)) {
    const limits = { ...HOST_LIMITS, ...options.hostLimits }
    const { listening, tenancy } = await start(options, limits, (listening, fit) =>
      openRegistry(options, { ...limits, ...fit }, listening),
    )
    return new RunningHostOfMany(listening, tenancy)
  }
  const { connections } = { ...SERVICE_LIMITS, ...options.serviceLimits }
  const wanted = { connections, awake: 1, machines: 1 }
  const { listening, tenancy } = await start(options, wanted, (listening) =>
    openPinned(options, listening),
  )
  const host = new RunningHostOfOne(listening, tenancy)
  void tenancy.faulted.then(async (fault) => {
    const { operating, onError } = listening
    operating.observer.onFault(tenancy.id, fault)
    await host.close().catch(onError)
    if (!options.onFault) endFaulted(fault)
  })
  return host
}

/** Listens, then opens the services. The port comes first: if it is taken, the host has written nothing. */
async function start<T extends Tenancy<unknown>>(
  options: CommonOptions,
  {
    connections,
    awake,
    machines,
  }: Omit<DescriptorLimits, 'sockets'> & { readonly connections: number },
  open: (listening: Listening, fit: Omit<DescriptorLimits, 'sockets'>) => Promise<T>,
): Promise<{ readonly listening: Listening; readonly tenancy: T }> {
  const wanted = { sockets: connections + PLAIN_SOCKETS, awake, machines }
  const { sockets, ...fit } = fitHere(wanted, options.log)
  const listening = await listen(options, sockets)
  const { server, operating } = listening
  let tenancy: T
  try {
    tenancy = await open(listening, fit)
  } catch (error) {
    await server.close()
    throw error
  }
  server.serve(tenancy.site)
  operating.metrics?.watch({
    ...tenancy.metrics,
    connections: () => ({ ...server.connections, dht: tenancy.metrics.dht() }),
    cuts: () => operating.cuts.counts,
  })
  return { listening, tenancy }
}

async function listen(options: CommonOptions, sockets: number): Promise<Listening> {
  const ports = { ...enginePorts(sodiumCrypto), ...options.ports }
  const limits = { ...SERVICE_LIMITS, ...options.serviceLimits }
  const operating = operatingOf(options)
  const { cuts, observer, serving } = operating
  const httpListener = makeHttpListener(options)
  const onError = options.onError ?? (() => {})
  const bounds = { ...CONNECTION_LIMITS, ...options.connectionLimits }
  const { crypto, now, timers } = ports
  const connections = new Connections({
    ...{ crypto, now, timers, limits, bounds, cuts },
    observer,
    onError,
  })
  const server = new Server({ httpListener, connections, cuts, sockets, onError, ...serving })
  await server.listen()
  return {
    dir: path.resolve(options.dir),
    ports,
    limits,
    operating,
    httpListener,
    server,
    connections,
    onError,
    onFatal: (error) => {
      server.destroy()
      ;(options.onFatal ?? endProcess)(error)
    },
  }
}
