/// <reference path="./types/hyperdht.d.ts" preserve="true" />
/** A node of the DHT: how it is joined, and how long leaving it may take. */
import DHT from 'hyperdht'

/** A node of the DHT that new ones join through. */
export interface BootstrapNode {
  readonly host: string
  readonly port: number
}

/** What a hyperdht node must be able to do here. */
export interface DhtNode {
  destroy(options: { force: boolean }): Promise<void>
}

/** Milliseconds that a goodbye to the DHT may take. Offline, it would take much longer, and nobody would hear it. */
export const GOODBYE_MS = 2_000

// A DHT on this machine alone: a node that listens on all interfaces would offer an address that the others, which
// listen on loopback, cannot reach, and one that thinks itself firewalled would only be reached by holepunching.
const LOOPBACK = /^(localhost|127(\.\d+){3})$/

/** Joins the DHT through these nodes, or the public ones. */
export function openDht(bootstrap: readonly BootstrapNode[] | undefined): DHT {
  if (!bootstrap) return new DHT({})
  const local = bootstrap.every((node) => LOOPBACK.test(node.host))
  return new DHT({
    bootstrap: [...bootstrap],
    ...(local && { host: '127.0.0.1', firewalled: false }),
  })
}
