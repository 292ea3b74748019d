/// <reference path="../types/hyperdht.d.ts" />
/// <reference path="../types/hypercore-crypto.d.ts" />
/**
 * Calls over the DHT: reaches the host of a `vms://` address wherever it is, behind a router too. For Node; browsers have
 * no such network, and never load this.
 */
import { parseAddress } from '@vms/format'
import { type OpenTransport, TransportError } from '@vms/rpc'
import { discoveryKey } from 'hypercore-crypto'
import DHT from 'hyperdht/index.js'
import type { Wanted } from './candidate.ts'
import { findHost } from './search.ts'
import { askStatement, type StatementQuestion } from './statement.ts'

export type { StatementQuestion } from './statement.ts'

/** Options for joining the DHT. */
export interface DhtOptions {
  /** Nodes to join through. Default: the public ones. */
  readonly bootstrap?: readonly { readonly host: string; readonly port: number }[]
}

/** A joined DHT, for any number of clients. */
export interface DhtPlace extends AsyncDisposable {
  /** Implements the port of the same name: `url` is `vms://…`. */
  readonly openTransport: OpenTransport
  /** Asks a host of many for a signed statement: encoded, or null if no peer gives a valid one. Rejects with the reason of `signal`. */
  askStatement(question: StatementQuestion): Promise<Uint8Array | null>
  /** Leaves the DHT. Open connections end. */
  close(): Promise<void>
}

/** Most ledgers whose transport key is kept in memory. */
const REMEMBERED_MAX = 1_000

const LOOPBACK = /^(localhost|127(\.\d+){3})$/

/** Joins the DHT. Returns at once; the first search reports an error. */
export function joinDht({ bootstrap }: DhtOptions = {}): DhtPlace {
  const local = bootstrap?.every((node) => LOOPBACK.test(node.host)) ?? false
  const dht = new DHT({
    ...(bootstrap && { bootstrap: [...bootstrap] }),
    // Nodes on loopback cannot reach peers elsewhere, and need no holes.
    ...(local && { host: '127.0.0.1', firewalled: false }),
  })
  const wanted = new Map<string, Wanted>()
  const want = (url: string): Wanted => {
    const known = wanted.get(url)
    if (known) return known
    const address = parseAddress(url)
    if (address.kind !== 'ledger')
      throw new TransportError(url, `${url} is no ledger: over the DHT, addresses are vms://<key>`)
    const made = { ledger: address.key, topic: discoveryKey(address.key), transportKey: null }
    if (wanted.size >= REMEMBERED_MAX) wanted.clear()
    wanted.set(url, made)
    return made
  }
  const close = (): Promise<void> => dht.destroy({ force: true })
  return {
    async openTransport(url, listener, signal) {
      const host = await findHost(dht, url, want(url), signal)
      return host.attach(listener)
    },
    askStatement: (question) => askStatement(dht, question),
    close,
    [Symbol.asyncDispose]: close,
  }
}
