/// <reference path="../types/hyperdht.d.ts" preserve="true" />
/** A node of the DHT: how it is joined, and how long leaving it may take. */
import DHT from 'hyperdht'

/** A node through which new ones join the DHT. */
export interface BootstrapNode {
  readonly host: string
  readonly port: number
}

/** The members of a hyperdht node that this package uses. */
export interface DhtNode {
  /** False once no node has answered for a while. */
  readonly online: boolean
  /** Nodes that it knows. */
  toArray(options: { readonly limit: number }): readonly object[]
  destroy(options: { force: boolean }): Promise<void>
}

/** Milliseconds that leaving the DHT may take. Offline it would take much longer, and no node would hear it. */
export const GOODBYE_MS = 2_000

// A DHT on this machine alone. Its nodes listen on loopback, so they cannot reach the address that a node on all interfaces would
// offer. A node that takes itself for firewalled could be reached by holepunching only.
const LOOPBACK = /^(localhost|127(\.\d+){3})$/

/** Joins the DHT through `bootstrap` nodes; by default through the public ones. */
export function openDht(bootstrap: readonly BootstrapNode[] | undefined): DHT {
  if (!bootstrap) return new DHT({})
  const local = bootstrap.every((node) => LOOPBACK.test(node.host))
  return new DHT({
    bootstrap: [...bootstrap],
    ...(local && { host: '127.0.0.1', firewalled: false }),
  })
}

/** Milliseconds within which some node must answer. On a working network it takes one second. */
const NODE_MS = 8_000

/** Calls `tell` if no node has answered in time. Returns the function that ends the waiting. */
export function whenAlone(dht: DhtNode, tell: () => void): () => void {
  const timer = setTimeout(() => {
    if (!dht.online || dht.toArray({ limit: 1 }).length === 0) tell()
  }, NODE_MS)
  timer.unref()
  return () => clearTimeout(timer)
}
