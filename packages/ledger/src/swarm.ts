/// <reference path="./types/hyperdht.d.ts" preserve="true" />
/// <reference path="./types/hyperswarm.d.ts" preserve="true" />
/**
 * Meeting peers over the DHT: a host announces its ledger and files, a follower looks for them. Behind everything else:
 * nothing waits for it, being offline is no error, and what goes wrong is an event.
 */
import type { Duplex } from 'node:stream'
import DHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'

/** What can be shared or followed: a ledger, a replica, remote files. */
export interface Swarmable {
  /** 32-byte topics under which peers meet. */
  readonly topics: readonly Uint8Array[]
  replicate(connection: Duplex): Duplex
}

/** A node of the DHT that new ones join through. */
export interface BootstrapNode {
  readonly host: string
  readonly port: number
}

/** What a hyperdht node must be able to do here. */
export interface DhtNode {
  destroy(options: { force: boolean }): Promise<void>
}

export type SwarmEvent =
  | { readonly type: 'announced' }
  | { readonly type: 'peers'; readonly connected: number }
  | { readonly type: 'error'; readonly error: Error }

export interface SwarmOptions {
  /** Whether to be found (a host) rather than to find (a follower). */
  readonly announce: boolean
  /** Nodes to join through. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[]
  /** A hyperdht node to use instead of making one; closed with the swarm. */
  readonly dht?: DhtNode
  /** Identity of this side's connections. Default: a new one. */
  readonly keyPair?: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  readonly onEvent?: (event: SwarmEvent) => void
  /** Told of each stream once it replicates, so that it can carry something else beside. */
  readonly onStream?: (stream: Duplex) => void
}

/** Milliseconds that a goodbye to the DHT may take. Offline, it would take much longer, and nobody would hear it. */
const GOODBYE_MS = 2_000

/** Being in the swarm. */
export interface Swarm {
  /** Peers connected at present. */
  readonly connected: number
  /** Leaves: says goodbye if that is quick, and closes all connections. */
  close(): Promise<void>
}

/** Joins the swarm for `target`. Returns at once; never throws for what happens on the network. */
export function joinSwarm(target: Swarmable, options: SwarmOptions): Swarm {
  const onEvent = options.onEvent ?? (() => {})
  let closing = false
  const onError = (error: Error): void => {
    // What was under way when we left fails, and is no news.
    if (!closing) onEvent({ type: 'error', error })
  }
  const dht = options.dht ?? openDht(options.bootstrap)
  const keyPair = options.keyPair && asBuffers(options.keyPair)
  const swarm = new Hyperswarm({ dht, ...(keyPair && { keyPair }) })
  swarm.on('connection', (connection) => {
    connection.on('error', () => {
      // Peers come and go: 'close' follows, and the swarm looks for others.
    })
    try {
      target.replicate(connection)
      options.onStream?.(connection)
    } catch (error) {
      onError(error as Error)
      connection.destroy()
    }
  })
  swarm.on('update', () => onEvent({ type: 'peers', connected: swarm.connections.size }))
  const joined = target.topics.map((topic) =>
    swarm
      .join(Buffer.from(topic), { server: options.announce, client: !options.announce })
      .flushed(),
  )
  Promise.all(joined).then(() => onEvent({ type: 'announced' }), onError)
  return {
    get connected() {
      return swarm.connections.size
    },
    async close() {
      closing = true
      for (const connection of swarm.connections) connection.destroy()
      const goodbye = swarm.destroy()
      const timer = setTimeout(() => {
        dht.destroy({ force: true }).catch(() => {})
      }, GOODBYE_MS)
      await goodbye.catch(() => {})
      clearTimeout(timer)
    },
  }
}

// A DHT on this machine alone: a node that listens on all interfaces would offer an address that the others, which
// listen on loopback, cannot reach, and one that thinks itself firewalled would only be reached by holepunching.
const LOOPBACK = /^(localhost|127(\.\d+){3})$/

function openDht(bootstrap: readonly BootstrapNode[] | undefined): DhtNode {
  if (!bootstrap) return new DHT({})
  const local = bootstrap.every((node) => LOOPBACK.test(node.host))
  return new DHT({
    bootstrap: [...bootstrap],
    ...(local && { host: '127.0.0.1', firewalled: false }),
  })
}

const asBuffers = ({ publicKey, secretKey }: NonNullable<SwarmOptions['keyPair']>) => ({
  publicKey: Buffer.from(publicKey),
  secretKey: Buffer.from(secretKey),
})
