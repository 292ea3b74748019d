/**
 * Calls over the DHT, on the streams of the swarm, which also carry replication. Calls have a channel for each ledger that a peer asks for
 * by its discovery key. The host's first message on it is the proof that it is the host. The replication gate covers the same streams, so
 * after a failed commit no answer leaves either.
 */
import type { Duplex } from 'node:stream'
import { type Crypto, sameBytes } from '@vms/format'
import { openRpcChannel, RPC_PROTOCOL, type RpcChannel, signStream } from '@vms/rpc'
import Protomux from 'protomux'
import type { Connections, Endpoint, Peer } from '../connections/connections.ts'
import { visitorOf } from '../rates/visitor-address.ts'
import { VisitorRate } from '../rates/visitor-rate.ts'
import { CHANNELS_PER_MINUTE } from '../settings/limits.ts'
import { DhtWire } from './dht-wire.ts'

/** A service that takes calls over the DHT. */
export interface DhtServed {
  readonly ledgerKey: Uint8Array
  /** Secret half of the genesis' `keys.transport`. */
  readonly transportKey: Uint8Array
  readonly endpoint: Endpoint
  /** Address of the peer that wakes the service; null where the service is always awake. */
  readonly visitor: string | null
}

export interface DhtCallsOptions {
  readonly crypto: Crypto
  /** Most channels at one time. */
  readonly channels: number
  readonly connections: Connections
  /** The service whose ledger has this discovery key, awake for the peer of the stream; null if there is none. */
  readonly find: (topic: Uint8Array, stream: Duplex) => DhtServed | null | Promise<DhtServed | null>
  /** Called with an error of one channel. */
  readonly onError: (error: Error) => void
}

export class DhtCalls {
  #options: DhtCallsOptions
  #channels = new Set<RpcChannel>()
  #closing = false
  #openings: VisitorRate

  constructor(options: DhtCallsOptions) {
    this.#options = options
    this.#openings = new VisitorRate(CHANNELS_PER_MINUTE, options.connections.options.now)
  }

  /** Open channels. */
  get size(): number {
    return this.#channels.size
  }

  /** Takes calls on a stream, beside its other channels. */
  accept(stream: Duplex): void {
    const mux = Protomux.from(stream)
    mux.pair({ protocol: RPC_PROTOCOL }, (topic) =>
      this.#open(mux, topic).catch(this.#options.onError),
    )
  }

  /** Sends the ready answers, and takes no more calls. The swarm closes the streams. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#options.connections.drain()
    for (const channel of this.#channels) channel.close()
  }

  /** Opens the channel that a peer asks for. Otherwise the multiplexer refuses it. */
  async #open(mux: Protomux, topic: Uint8Array | null): Promise<void> {
    const { crypto, channels, connections, find } = this.#options
    const { stream } = mux
    if (this.#openings.take(visitorOf(stream)) > 0) return
    const served = topic && (await find(topic, stream))
    if (!served || this.#closing || this.#channels.size >= channels) return
    let peer: Peer | null = null
    let wire: DhtWire | null = null
    const channel = openRpcChannel(mux, {
      topic,
      handshake: signStream(
        crypto,
        { ledger: served.ledgerKey, handshake: stream.handshakeHash },
        served.transportKey,
      ),
      onFrame: (frame) => peer?.receive(frame),
      onClose: () => {
        peer?.close()
        if (!channel) return
        this.#channels.delete(channel)
        wire?.end()
      },
    })
    if (!channel) return
    this.#channels.add(channel)
    wire = new DhtWire(stream, channel, () => peer?.drained())
    peer = connections.open(served.endpoint, wire, served.visitor)
  }
}

/** The one service of a host. `topic`: discovery key of its ledger. */
interface OnlyService extends Pick<DhtCallsOptions, 'crypto' | 'channels' | 'connections'> {
  readonly topic: Uint8Array | undefined
  readonly served: DhtServed
}

/** Takes calls of a service over the DHT; null if the options do not allow that. */
export function callsOverDht(
  options: {
    readonly swarm?: { readonly calls?: boolean } | false
    readonly onError?: (error: Error) => void
  },
  { topic, served, ...parts }: OnlyService,
): DhtCalls | null {
  const { swarm = false, onError = () => {} } = options
  if (swarm === false || !swarm.calls) return null
  return new DhtCalls({
    ...parts,
    onError,
    find: (asked) => (topic && sameBytes(topic, asked) ? served : null),
  })
}
