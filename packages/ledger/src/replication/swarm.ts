/// <reference path="../types/hyperswarm.d.ts" preserve="true" />
/**
 * Meets peers over the DHT: a host announces its ledger and files, a follower looks for them. It works in the background: no other
 * work waits for it, being offline is no error, and a failure is an event.
 */
import type { Duplex } from 'node:stream'
import Hyperswarm from 'hyperswarm'
import { type BootstrapNode, type DhtNode, GOODBYE_MS, openDht, whenAlone } from './dht-node.ts'

/** What can be shared or followed: a ledger, a replica, remote files. */
export interface Swarmable {
  /** 32-byte topics under which peers meet. */
  readonly topics: readonly Uint8Array[]
  replicate(connection: Duplex): Duplex
}

export type SwarmEvent =
  | { readonly type: 'announced' }
  | { readonly type: 'peers'; readonly connected: number }
  /** No node of the DHT has answered: this machine is offline, or its network blocks UDP. The swarm keeps trying. */
  | { readonly type: 'alone' }
  | { readonly type: 'error'; readonly error: Error }

export interface SwarmOptions {
  /** Whether to announce itself (a host) or to look for others (a follower). */
  readonly announce: boolean
  /** Nodes to join through. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[]
  /** A hyperdht node to use instead of making one; closed with the swarm. */
  readonly dht?: DhtNode
  /** Identity of this side's connections. Default: a new one. */
  readonly keyPair?: { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  readonly onEvent?: (event: SwarmEvent) => void
  /** Called with each stream once it replicates, so that the caller can send other messages over it. */
  readonly onStream?: (stream: Duplex) => void
}

/** Membership of the swarm. */
export interface Swarm {
  /** Peers connected at present. */
  readonly connected: number
  /** Leaves the swarm: tells the nodes if that is quick, and closes all connections. */
  close(): Promise<void>
}

/** Joins the swarm for `target`. Returns at once. Reports failures of the network as events and throws none of them. */
export function joinSwarm(target: Swarmable, options: SwarmOptions): Swarm {
  const onEvent = options.onEvent ?? (() => {})
  let closing = false
  const onError = (error: Error): void => {
    // Closing makes an announcement under way fail. Report no error for it.
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
  const stopWaiting = whenAlone(dht, () => onEvent({ type: 'alone' }))
  return {
    get connected() {
      return swarm.connections.size
    },
    async close() {
      closing = true
      stopWaiting()
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

const asBuffers = ({ publicKey, secretKey }: NonNullable<SwarmOptions['keyPair']>) => ({
  publicKey: Buffer.from(publicKey),
  secretKey: Buffer.from(secretKey),
})
