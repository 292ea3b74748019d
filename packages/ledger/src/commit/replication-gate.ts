/**
 * The replication gate. A power cut can take back a group that is written and not yet synced. If a peer had that group by then, an
 * honest host would have forked. So every replication stream passes through the gate. While a commit holds the gate, outgoing
 * bytes wait, in order.
 *
 * The gate wraps `write` of the encrypted stream that the multiplexer writes to. It is the one point that all messages
 * of all cores pass, over a WebSocket and over the DHT alike. Bytes from before the commit may still leave:
 * they are older than the group.
 */
import type { Duplex } from 'node:stream'

interface GatedStream {
  readonly stream: Duplex
  readonly write: Duplex['write']
  waiting: Uint8Array[]
}

/** Holds back what replication would send. */
export class ReplicationGate {
  #streams = new Set<GatedStream>()
  #held = false

  get held(): boolean {
    return this.#held
  }

  /** Keeps back everything that is written to the streams from now on. */
  hold(): void {
    this.#held = true
  }

  /** Sends the waiting bytes in order, then lets later writes pass. */
  release(): void {
    this.#held = false
    for (const gated of this.#streams) drain(gated)
  }

  /** Puts a stream behind the gate. Call it before the replicator writes to the stream. A stream may lie behind several gates. */
  attach(stream: Duplex): void {
    if ([...this.#streams].some((gated) => gated.stream === stream)) return
    const gated: GatedStream = { stream, write: stream.write.bind(stream), waiting: [] }
    this.#streams.add(gated)
    stream.write = (chunk: Uint8Array) => {
      if (!this.#held) return gated.write(chunk)
      gated.waiting.push(chunk)
      // Full, until released: the replicator then stops answering requests, which bounds what waits.
      return false
    }
    stream.once('close', () => {
      this.#streams.delete(gated)
      gated.waiting = []
    })
  }

  /** Ends all streams and drops the waiting bytes. */
  destroy(): void {
    for (const { stream } of [...this.#streams]) stream.destroy()
  }
}

function drain(gated: GatedStream): void {
  if (gated.waiting.length === 0) return
  const chunks = gated.waiting
  gated.waiting = []
  if (gated.stream.destroyed) return
  let ready = true
  for (const chunk of chunks) ready = gated.write(chunk)
  // If the stream itself is full now, it emits 'drain' by itself later.
  if (ready) gated.stream.emit('drain')
}
