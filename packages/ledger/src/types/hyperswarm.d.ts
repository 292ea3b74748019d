// The part of hyperswarm 4 that swarm.ts uses; the package ships no types.
declare module 'hyperswarm' {
  import type { EventEmitter } from 'node:events'
  import type { Duplex } from 'node:stream'

  export default class Hyperswarm extends EventEmitter {
    constructor(options: {
      keyPair?: { publicKey: Uint8Array; secretKey: Uint8Array }
      dht?: unknown
      maxPeers?: number
    })
    readonly connections: Set<Duplex>
    join(
      topic: Uint8Array,
      options: { server: boolean; client: boolean },
    ): { flushed(): Promise<unknown> }
    flush(): Promise<unknown>
    destroy(options?: { force?: boolean }): Promise<void>
    on(event: 'connection', listener: (connection: Duplex) => void): this
    on(event: 'update', listener: () => void): this
  }
}
