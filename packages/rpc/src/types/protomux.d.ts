// The part of protomux 3 that carries calls over the DHT; the package ships no types. RpcMux in dht-channel.ts creates the channels.
declare module 'protomux' {
  import type { Duplex } from 'node:stream'

  export default class Protomux {
    static from(stream: Duplex): Protomux
    /** A secret stream: a streamx duplex. Only its internal state tells how many bytes wait to be sent. */
    readonly stream: Duplex & {
      readonly handshakeHash: Uint8Array
      readonly _writableState: { readonly buffered: number }
      /** Bytes passed on to the network. */
      readonly rawBytesWritten: number
    }
    /** Whether the stream accepted the last message without asking the writer to wait. */
    readonly drained: boolean
    pair(
      options: { protocol: string; id?: Uint8Array },
      notify: (id: Uint8Array | null) => void | Promise<void>,
    ): void
    createChannel(options: object): {
      readonly messages: readonly { send(message: Uint8Array): boolean }[]
      open(handshake: Uint8Array): void
      close(): void
    } | null
  }
}
