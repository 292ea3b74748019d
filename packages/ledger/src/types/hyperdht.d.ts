// The part of hyperdht 6 that dht-node.ts and announcer.ts use; the package ships no types.
declare module 'hyperdht' {
  import type { Duplex } from 'node:stream'

  interface KeyPair {
    readonly publicKey: Buffer
    readonly secretKey: Buffer
  }
  type Address = { readonly host: string; readonly port: number }

  interface Server {
    readonly listening: boolean
    /** Nodes through which it is reached now. */
    readonly relayAddresses: readonly Address[]
    listen(keyPair: KeyPair): Promise<unknown>
    close(): Promise<void>
  }

  export default class DHT {
    static keyPair(): KeyPair
    constructor(options: {
      bootstrap?: Address[]
      host?: string
      firewalled?: boolean
    })
    /** False once nothing has been answered for a while. */
    readonly online: boolean
    /** Nodes that are known, the newest first. */
    toArray(options: { limit: number }): readonly Address[]
    createServer(options: object, onStream: (stream: Duplex) => void): Server
    announce(
      topic: Buffer,
      keyPair: KeyPair,
      relays: readonly Address[],
    ): { finished(): Promise<void> }
    unannounce(topic: Buffer, keyPair: KeyPair): Promise<void>
    on(event: 'network-change', listener: () => void): this
    destroy(options: { force: boolean }): Promise<void>
  }
}
