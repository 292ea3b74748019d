/**
 * The network between the simulated callers and the host: connections that carry whole messages in order, each message late by
 * chance. A cut loses what is on its way, and the end of the host's process cuts all connections.
 */
import { type OpenTransport, RpcError, type Transport, type TransportListener } from '@vms/rpc'
import { CommitSignal } from '../../packages/host/src/connections/commit-signal.ts'
import { Connection } from '../../packages/host/src/connections/connection.ts'
import { CONNECTION_LIMITS, SERVICE_LIMITS } from '../../packages/host/src/settings/limits.ts'
import type { HostProcess, World } from './host-process.ts'
import type { Site } from './site.ts'

/** Milliseconds that a message is on its way at most. */
const LATE_MS = 40

/** Milliseconds after which a client learns at the latest that its connection was cut. */
const NOTICED_MS = 1_000

export class Network {
  readonly #world: World
  readonly #process: () => HostProcess
  readonly #connections = new Set<SimulatedConnection>()

  constructor(world: World, process: () => HostProcess) {
    this.#world = world
    this.#process = process
  }

  /** Opens connections to a service for one client. The transport is cut when `cuts` is told so. */
  transportTo(site: Site, client: object): OpenTransport {
    const { time, random } = this.#world
    return async (_, listener, signal) => {
      await time.sleep(random.below(LATE_MS))
      signal.throwIfAborted()
      const process = this.#process()
      if (!process.up || !site.service)
        throw new RpcError('ERR_VMS_UNREACHABLE', 'the host does not listen')
      const connection = new SimulatedConnection(this.#world, process, site, client, listener)
      this.#connections.add(connection)
      return connection
    }
  }

  /** Cuts the connections of a client; of all clients if none is named. */
  cut(client?: object): void {
    for (const connection of this.#connections) {
      if (client && connection.client !== client) continue
      this.#connections.delete(connection)
      connection.cut()
    }
  }
}

class SimulatedConnection implements Transport {
  readonly client: object
  readonly #world: World
  readonly #process: HostProcess
  readonly #listener: TransportListener
  readonly #host: Connection
  #open = true
  /** When the newest message to each side arrives: no later message overtakes it. */
  #hostHearsAt = 0
  #clientHearsAt = 0

  constructor(
    world: World,
    process: HostProcess,
    site: Site,
    client: object,
    listener: TransportListener,
  ) {
    this.client = client
    this.#world = world
    this.#process = process
    this.#listener = listener
    this.#host = this.#hostSide(site)
    this.#host.open().catch(() => this.cut())
  }

  send(message: Uint8Array): void {
    if (!this.#open) return
    this.#hostHearsAt = this.#deliver(this.#hostHearsAt, () => {
      if (this.#process.alive) this.#host.receive(message).catch(() => this.cut())
    })
  }

  /** The client ends the connection. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#host.close()
    this.#listener.onClose(null)
  }

  /** The connection breaks: the client learns so a while later. */
  cut(): void {
    if (!this.#open) return
    this.#open = false
    this.#host.close()
    const { time, random } = this.#world
    const error = new RpcError('ERR_VMS_UNREACHABLE', 'the connection is cut')
    time.after(random.below(NOTICED_MS), () => this.#listener.onClose(error))
  }

  #hostSide(site: Site): Connection {
    const { crypto, time } = this.#world
    const { service } = site
    if (!service) throw new Error('the service does not run')
    return new Connection({
      socket: {
        waiting: 0,
        send: (frame) => this.#toClient(frame),
        close: () => this.cut(),
        cut: () => this.cut(),
      },
      read: (work) => work(),
      onCall: () => {},
      use: (work) => work({ service, refusalKey: site.keys.refusal.secretKey }),
      commits: new CommitSignal(),
      requestBytes: site.genesis.limits.requestBytes,
      crypto,
      limits: { ...SERVICE_LIMITS, ...CONNECTION_LIMITS },
      now: () => time.now + this.#world.clockMs,
      timers: time.timers(() => true),
    })
  }

  #toClient(frame: Uint8Array): void {
    if (!this.#process.alive) return
    this.#clientHearsAt = this.#deliver(this.#clientHearsAt, () => this.#listener.onMessage(frame))
  }

  /** Delivers after the message before it. Returns when. */
  #deliver(after: number, deliver: () => void): number {
    const { time, random } = this.#world
    const at = Math.max(after, time.now + random.below(LATE_MS))
    time.after(at - time.now, () => {
      if (this.#open) deliver()
    })
    return at
  }
}
