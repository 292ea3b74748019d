/** A channel of calls on a stream of the DHT, which may also carry other channels and replication. */
import type { RpcChannel } from '@vms/rpc'
import type Protomux from 'protomux'
import type { Wire } from '../connections/connections.ts'
import { hold, unhold } from '../connections/stream-backpressure.ts'

export class DhtWire implements Wire {
  #stream: Protomux['stream']
  #channel: RpcChannel
  #sent = 0
  /** Bytes that this channel has sent since the stream's queue was last empty. */
  #waiting = 0
  #onDrain: () => void

  /** `onDrain`: called when the stream's queue is empty. */
  constructor(stream: Protomux['stream'], channel: RpcChannel, onDrain: () => void) {
    this.#stream = stream
    this.#channel = channel
    this.#onDrain = () => {
      this.#waiting = 0
      onDrain()
    }
    stream.on('drain', this.#onDrain)
  }

  /** Call when the channel has closed. */
  end(): void {
    this.#stream.off('drain', this.#onDrain)
    unhold(this.#stream, this)
  }

  send(frame: Uint8Array): void {
    this.#sent += frame.length
    if (this.#channel.send(frame)) this.#waiting = 0
    else this.#waiting += frame.length
  }

  get waiting(): number {
    return this.#waiting
  }

  get left(): number {
    // Some of the stream's waiting bytes may belong to other channels. As an upper bound they still show whether the peer reads.
    return this.#sent - Math.min(this.#waiting, this.#stream._writableState.buffered)
  }

  pause(): void {
    hold(this.#stream, this)
  }

  resume(): void {
    unhold(this.#stream, this)
  }

  close(): void {
    this.#channel.close()
  }

  later(): void {
    this.#channel.close()
  }

  destroy(): void {
    this.#stream.destroy()
  }
}
