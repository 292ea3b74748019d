// The part of hyperdht 6 that finds and reaches hosts; the package ships no types. The module is named by its file because
// @vms/ledger declares another part of it under the plain name.
declare module 'hyperdht/index.js' {
  import type { Duplex } from 'node:stream'

  interface KeyPair {
    readonly publicKey: Uint8Array
    readonly secretKey: Uint8Array
  }

  export interface Peer {
    readonly publicKey: Uint8Array
    readonly relayAddresses: readonly { readonly host: string; readonly port: number }[]
  }

  /** A secret stream: a streamx duplex. */
  export interface DhtStream extends Duplex {
    readonly handshakeHash: Uint8Array
    setKeepAlive(ms: number): void
    setTimeout(ms: number): void
  }

  export interface Query extends AsyncIterable<{ readonly peers: readonly Peer[] }> {
    destroy(): void
  }

  export default class DHT {
    static keyPair(): KeyPair
    constructor(options: {
      bootstrap?: { host: string; port: number }[]
      host?: string
      firewalled?: boolean
    })
    /** False once nothing has been answered for a while. */
    readonly online: boolean
    /** Nodes that are known, the newest first. */
    toArray(options: { limit: number }): readonly object[]
    lookup(topic: Uint8Array): Query
    connect(
      publicKey: Uint8Array,
      options: { keyPair: KeyPair; relayAddresses: Peer['relayAddresses'] },
    ): DhtStream
    destroy(options: { force: boolean }): Promise<void>
  }
}
