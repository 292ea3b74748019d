/**
 * The connections for calls of one host, over WebSockets and channels of the DHT. This file builds each of them, so all have
 * the same limits: the frames of all services take turns, each frame counts until the host has answered it, and the host stops
 * reading from a peer with too many unanswered frames.
 */
import type { Duplex } from 'node:stream'
import type { Crypto } from '@vms/format'
import type { Timers } from '@vms/ledger'
import type { DisconnectReason, Disconnects } from '../operations/disconnects.ts'
import { WakeRateError } from '../rates/wake-rate-limit.ts'
import type { Observer } from '../service/observer.ts'
import type { ConnectionLimits, ServiceLimits } from '../settings/limits.ts'
import type { CommitSignal } from './commit-signal.ts'
import { type CallableService, Connection, type Socket } from './connection.ts'
import { FairScheduler } from './fair-scheduler.ts'
import { Heartbeat } from './heartbeat.ts'
import { type ByteHolder, HeldBytes } from './held-bytes.ts'
import { ReadScheduler } from './read-scheduler.ts'
import { boundUnread } from './stream-backpressure.ts'

/** The port from a connection to its service. */
export interface Endpoint {
  readonly requestBytes: number
  /** Signals each durable group of the service. */
  readonly commits: CommitSignal
  /** Keeps the service awake while `work` runs. `visitor`: the address that wakes it; null is this machine. */
  use<T>(work: (awake: CallableService) => Promise<T>, visitor: string | null): Promise<T>
}

/** The port of a transport. */
export interface Wire extends Omit<Socket, 'cut'> {
  /** Bytes sent so far. */
  readonly left: number
  /** Sends a ping. A transport that checks its peer itself has no such function. */
  ping?(): void
  /** Stops reading from the peer. */
  pause(): void
  resume(): void
  /** Closes with a reason. The peer may connect again after a pause. */
  later(why: string): void
  /** Cuts the peer without sending another byte. */
  destroy(): void
}

export interface ConnectionsOptions {
  readonly crypto: Crypto
  readonly now: () => number
  readonly timers: Timers
  readonly limits: Pick<ServiceLimits, 'requestLifetimeMs'>
  readonly bounds: ConnectionLimits
  readonly observer?: Observer | undefined
  readonly cuts: Disconnects
  /** Called with an error of the host's own on one connection. */
  readonly onError: (error: Error) => void
}

export class Connections {
  readonly options: ConnectionsOptions
  readonly turns: FairScheduler
  readonly reads: ReadScheduler
  readonly held: HeldBytes
  #peers = new Set<Peer>()

  constructor(options: ConnectionsOptions) {
    this.options = options
    this.turns = new FairScheduler(options.timers)
    this.reads = new ReadScheduler(options.timers)
    this.held = new HeldBytes(options.bounds.heldBytes)
  }

  /** Connects a peer to a service, and sends it the hello. */
  open(endpoint: Endpoint, wire: Wire, visitor: string | null): Peer {
    const peer = new Peer(this, endpoint, wire, visitor)
    this.#peers.add(peer)
    this.held.add(peer)
    return peer
  }

  /** Bounds the bytes that the peer of a DHT stream leaves unread, on all channels. */
  watch(stream: Duplex): void {
    const { bounds, cuts, timers } = this.options
    boundUnread(stream, { pingMs: bounds.pingMs, cuts, timers })
  }

  forget(peer: Peer): void {
    this.#peers.delete(peer)
    this.held.delete(peer)
  }

  /** Serves no further frame; resolves when each frame under way is answered. */
  async drain(): Promise<void> {
    await Promise.all([...this.#peers].map((peer) => peer.drain()))
  }
}

/** Bytes that a frame takes beside its own while it waits. */
const FRAME_OVERHEAD_BYTES = 128

/** One peer: the frames that it sent, and the connection that answers them. */
export class Peer implements ByteHolder {
  #all: Connections
  #endpoint: Endpoint
  #wire: Wire
  #connection: Connection
  /** Frames that wait for their turn, in order. */
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** Frames that the host is answering. */
  #answering = new Set<Promise<void>>()
  #answeringBytes = 0
  #heartbeat: Heartbeat
  #scheduled = false
  #paused = false
  #ended = false

  constructor(all: Connections, endpoint: Endpoint, wire: Wire, visitor: string | null) {
    const { crypto, now, timers, limits, bounds, observer } = all.options
    this.#all = all
    this.#endpoint = endpoint
    this.#wire = wire
    this.#connection = new Connection({
      socket: {
        send: (frame) => {
          wire.send(frame)
          all.held.gained(frame.length)
          all.reads.sent(frame.length)
        },
        get waiting() {
          return wire.waiting
        },
        close: (why) => {
          this.close()
          wire.close(why)
        },
        cut: (reason) => this.#cut(reason),
      },
      read: (work) => all.reads.run(endpoint, work),
      onCall: () => all.reads.giveWay(),
      use: (work) => endpoint.use(work, visitor),
      commits: endpoint.commits,
      requestBytes: endpoint.requestBytes,
      crypto,
      limits: { ...limits, ...bounds },
      now,
      timers,
      observer,
    })
    this.#heartbeat = new Heartbeat(
      timers,
      {
        get waiting() {
          return wire.waiting
        },
        get left() {
          return wire.left
        },
        isPaused: () => this.#paused,
        ...(wire.ping && { ping: () => wire.ping?.() }),
        cut: (reason) => this.#cut(reason),
      },
      bounds.pingMs,
    )
    this.#connection.open().catch((error) => this.#fail(error))
  }

  /** Called for each message of the peer. */
  receive(frame: Uint8Array): void {
    if (this.#ended) return
    this.#heartbeat.heard()
    const bytes = frame.length + FRAME_OVERHEAD_BYTES
    this.#waiting.push(frame)
    this.#waitingBytes += bytes
    this.#all.held.gained(bytes)
    this.#schedule()
    this.#regulate()
  }

  /** Called for each pong. */
  heard(): void {
    this.#heartbeat.heard()
  }

  /** Call when the transport has sent all waiting bytes. */
  drained(): void {
    this.#schedule()
    this.#regulate()
  }

  get heldBytes(): number {
    return this.#wire.waiting + this.#waitingBytes + this.#answeringBytes
  }

  /** Called when all peers together hold too many bytes and this one holds the most. */
  cut(): void {
    this.#cut('memory')
  }

  #cut(reason: DisconnectReason): void {
    if (this.#ended) return
    this.close()
    const why = this.#all.options.cuts.note(reason)
    // Send no reason to a peer that does not read: it would wait behind the unread bytes.
    if (reason === 'signatures' || reason === 'room') this.#wire.close(why)
    else this.#wire.destroy()
  }

  /** Call when the transport has closed or closes. The connection then serves nothing more. */
  close(): void {
    this.#ended = true
    this.#waiting = []
    this.#waitingBytes = 0
    this.#heartbeat.stop()
    this.#connection.close()
    this.#all.forget(this)
  }

  /** Serves no further frame; resolves when each frame under way is answered. */
  async drain(): Promise<void> {
    this.#ended = true
    this.#waiting = []
    await Promise.all(this.#answering)
  }

  get #isFree(): boolean {
    const { framesInFlight, frameBytesInFlight, unsentBytes } = this.#all.options.bounds
    if (this.#connection.isReading || this.#wire.waiting > unsentBytes) return false
    if (this.#answering.size === 0) return true
    return this.#answering.size < framesInFlight && this.#answeringBytes < frameBytesInFlight
  }

  /** Queues for one turn at a time, so that the connections of a service take turns, and services as well. */
  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || !this.#isFree) return
    this.#scheduled = true
    this.#all.turns.run(this.#endpoint, () => {
      this.#scheduled = false
      this.#serve()
      this.#schedule()
    })
  }

  #serve(): void {
    const frame = this.#waiting.shift()
    if (!frame || this.#ended) return
    this.#waitingBytes -= frame.length + FRAME_OVERHEAD_BYTES
    this.#answeringBytes += frame.length
    const answered = this.#connection
      .receive(frame)
      .catch((error: Error) => this.#fail(error))
      .then(() => {
        this.#answering.delete(answered)
        this.#answeringBytes -= frame.length
        this.#schedule()
        this.#regulate()
      })
    this.#answering.add(answered)
  }

  /** Reads from the peer only while few of its frames wait. */
  #regulate(): void {
    const { framesWaiting, frameBytesWaiting } = this.#all.options.bounds
    const most = this.#paused ? 0.5 : 1
    const full =
      this.#waiting.length >= framesWaiting * most || this.#waitingBytes >= frameBytesWaiting * most
    if (full === this.#paused || this.#ended) return
    this.#paused = full
    if (full) this.#wire.pause()
    else this.#wire.resume()
  }

  /** A visitor that woke too many services may retry later; every other error is the host's. */
  #fail(error: Error): void {
    const first = !this.#ended
    this.close()
    if (error instanceof WakeRateError) {
      if (first) this.#wire.later(error.message)
      return
    }
    this.#all.options.onError(error)
    this.#wire.destroy()
  }
}
