/**
 * The HTTP server: `GET /.well-known/vms.json`, the page at `/`, and WebSockets with the subprotocols of calls and of
 * replication, at `/<ledger id>`, and at `/` where there is one service. A message wakes a dormant service.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { clientFrameBytes, REPLICATE_PROTOCOL, RPC_PROTOCOL } from '@vms/rpc'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import type { Connections, Endpoint } from '../connections/connections.ts'
import { Heartbeat } from '../connections/heartbeat.ts'
import type { DisconnectReason, Disconnects } from '../operations/disconnects.ts'
import type { Latency } from '../operations/latency.ts'
import type { Metrics } from '../operations/metrics.ts'
import type { OperatingPages } from '../operations/pages.ts'
import { Visitors, type VisitorsOptions } from '../operations/visitors.ts'
import { WakeRateError } from '../rates/wake-rate-limit.ts'
import { ROOM_IDLE_MS } from '../settings/limits.ts'
import type { HttpListener } from './http-listener.ts'
import { PageTransfers } from './page-transfers.ts'
import { joinReplication } from './replication.ts'
import { answerRequest, type Readable } from './routes.ts'
import { TcpSockets } from './tcp-sockets.ts'
import type { Tls } from './tls.ts'
import { asksForWebSocket, responseTo } from './upgraded-response.ts'
import { WebGuard, type WebGuardOptions } from './web-guard.ts'

/** Bytes of one WebSocket message of replication: hypercore's largest message carries one block of 15 MiB and its proof. */
const REPLICATION_MESSAGE_BYTES = 16 * 1024 * 1024

/** Milliseconds that a peer has to answer the closing of its WebSocket before the host cuts it. */
const CLOSE_MS = 500

/** The same for one connection of a running host: a message or two may be on their way. */
const LEAVE_MS = 2_000

/** The port to one service. */
export interface Served extends Endpoint {
  /** Milliseconds until `visitor` may wake the service; 0 if it may now or the service is awake. A service that is never dormant has no such function. */
  waitMs?(visitor: string | null): number
  /** A replication stream of the ledger. Rejects if there can be none now. */
  replicate(visitor: string | null): Promise<Duplex>
}

/** The port to the services of a host. */
export interface Site extends Readable {
  /** Whether callers may use any name without a signature. */
  readonly debug: boolean
  /** Connections at one time, over all services. */
  readonly connections: number
  /** The service at `/<id>`; the id of `/` is empty. Null if there is none. */
  find(id: string): Served | null
  /** Why the host takes no calls at present; null if it takes calls. */
  unready(): string | null
}

export interface ServerOptions extends VisitorsOptions, WebGuardOptions {
  readonly httpListener: HttpListener
  readonly connections: Connections
  readonly cuts: Disconnects
  /** TCP connections at one time, WebSockets included. */
  readonly sockets: number
  /** Called with an error of one connection. */
  readonly onError: (error: Error) => void
  /** The metrics at /metrics, if the host serves them. */
  readonly metrics?: Pick<Metrics, 'contentType' | 'text'> | null
  readonly latency: Pick<Latency, 'rows'>
}

const WEBSOCKET_GOING_AWAY = 1001
const WEBSOCKET_POLICY = 1008
const WEBSOCKET_TRY_LATER = 1013

function refuse(socket: Duplex, { status, why, waitMs }: Refused): void {
  const retry = waitMs === undefined ? '' : `retry-after: ${Math.ceil(waitMs / 1_000)}\r\n`
  const body = why === undefined ? '' : `${why}\n`
  const type = 'content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n'
  socket.end(
    `HTTP/1.1 ${status}\r\n${retry}${type}connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Asks a peer to leave. Resumes a paused socket, to read the peer's closing, and ignores its other messages. */
function leave(socket: WebSocket, code: number, why: string): void {
  socket.close(code, why)
  socket.resume()
}

/** Bytes that a TCP connection has sent. During a write of many megabytes, the queue of the system's handle shows the sent part. */
function leftOf(wire: Duplex): number {
  const { bytesWritten, writableLength, _handle } = wire as Tcp
  return bytesWritten - writableLength - (_handle?.writeQueueSize ?? 0)
}

type Tcp = Duplex & {
  readonly bytesWritten: number
  readonly _handle?: { readonly writeQueueSize?: number } | null
}

/** The WebSocket servers, one for each greatest message size. */
class Sockets {
  readonly site: Site
  readonly replication = webSockets(REPLICATION_MESSAGE_BYTES)
  #rpc = new Map<number, WebSocketServer>()

  constructor(site: Site) {
    this.site = site
  }

  /** The server for requests of at most so many bytes. */
  rpc(requestBytes: number): WebSocketServer {
    const known = this.#rpc.get(requestBytes)
    if (known) return known
    const made = webSockets(clientFrameBytes(requestBytes))
    this.#rpc.set(requestBytes, made)
    return made
  }

  get open(): WebSocket[] {
    return [this.replication, ...this.#rpc.values()].flatMap(({ clients }) => [...clients])
  }
}

function webSockets(maxPayload: number): WebSocketServer {
  const options = { noServer: true, maxPayload, perMessageDeflate: false, closeTimeout: LEAVE_MS }
  return new WebSocketServer(options)
}

/** The purpose of a WebSocket. */
interface Wanted {
  readonly served: Served
  readonly visitor: string | null
  readonly protocol: typeof RPC_PROTOCOL | typeof REPLICATE_PROTOCOL
  readonly server: WebSocketServer
}

/** The HTTP response that refuses a WebSocket. */
interface Refused {
  readonly status: string
  /** A sentence for the reader of the answer. */
  readonly why?: string
  /** Milliseconds after which to retry. */
  readonly waitMs?: number
}

export class Server {
  #httpListener: HttpListener
  #onError: (error: Error) => void
  #pages: OperatingPages
  #visitors: Visitors
  #guard: WebGuard
  #sockets: Sockets | null = null
  #connections: Connections
  #cuts: Disconnects
  #tcp: TcpSockets
  #transfers = new PageTransfers()
  /** When each open WebSocket last sent something, in milliseconds of the process; the most silent one is first. */
  #spoke = new Map<WebSocket, number>()

  constructor(options: ServerOptions) {
    const { httpListener, connections, cuts, sockets, onError, metrics = null, latency } = options
    const visitors: VisitorsOptions & WebGuardOptions = options
    this.#httpListener = httpListener
    this.#connections = connections
    this.#cuts = cuts
    this.#onError = onError
    this.#visitors = new Visitors(visitors)
    this.#tcp = new TcpSockets({ most: sockets, isProxy: this.#visitors.isProxy, cuts })
    const isProxied = (visitors.trustedProxies ?? []).length > 0
    this.#guard = new WebGuard(visitors, { atLoopback: httpListener.loopbackOnly, isProxied })
    this.#pages = { onError, metrics, latency, unready: () => this.#unready() }
  }

  /** Begins to answer for a site. Before that, the server answers that it is not available yet. */
  serve(site: Site): void {
    this.#sockets = new Sockets(site)
  }

  /** Begins to listen. Rejects with {@link ListenError}. */
  async listen(): Promise<void> {
    const request = this.#answer.bind(this)
    const upgrade = this.#upgrade.bind(this)
    const connection = (socket: Socket): void => this.#tcp.accept(socket)
    await this.#httpListener.open({ connection, request, upgrade }, this.#onError)
  }

  /** Sends the ready answers, closes all WebSockets, and stops listening. */
  async close(): Promise<void> {
    const closed = this.#httpListener.close()
    // Do not drain after a cut: some calls may never get an answer.
    if (this.#sockets) await this.#connections.drain()
    const left = this.#open().map((socket) => {
      const gone = new Promise((resolve) => socket.once('close', resolve))
      socket.close(WEBSOCKET_GOING_AWAY, 'the host is closing')
      return gone
    })
    const late = setTimeout(() => this.destroy(), CLOSE_MS)
    await Promise.all([closed, ...left])
    clearTimeout(late)
  }

  /** Cuts all peers at once, without sending another byte, and admits no new one. */
  destroy(): void {
    for (const socket of this.#open()) socket.terminate()
    this.#sockets = null
    this.#httpListener.cut()
  }

  /** Open connections by purpose. */
  get connections(): { readonly calls: number; readonly replication: number } {
    const open = this.#open()
    const calls = open.filter(({ protocol }) => protocol === RPC_PROTOCOL).length
    return { calls, replication: open.length - calls }
  }

  /** Gives new connections another certificate. Throws {@link TlsError}; then nothing changes. */
  renewTls(tls: Tls): void {
    this.#httpListener.renewTls(tls)
  }

  #open(): WebSocket[] {
    return this.#sockets?.open ?? []
  }

  #unready(): string | null {
    return this.#sockets ? this.#sockets.site.unready() : 'the host is starting'
  }

  #answer(path: string, request: IncomingMessage, response: ServerResponse): void {
    this.#tcp.used(request.socket)
    response.setHeader('x-content-type-options', 'nosniff')
    const refusal = this.#guard.refusesHost(request)
    if (refusal) {
      response.writeHead(Number.parseInt(refusal.status, 10), {
        'content-type': 'text/plain; charset=utf-8',
      })
      response.end(`${refusal.why}\n`)
      return
    }
    const site = this.#sockets?.site ?? null
    const visitor = this.#visitors.visitorOf(request)
    answerRequest(path, request, response, {
      site,
      pages: this.#pages,
      transfers: this.#transfers,
      visitor,
    })
  }

  #upgrade(path: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (!asksForWebSocket(request)) {
      this.#answer(path, request, responseTo(request, socket))
      return
    }
    const wanted = this.#choose(path, request)
    if ('status' in wanted) {
      refuse(socket, wanted)
      return
    }
    const { protocol, server } = wanted
    server.handleUpgrade(request, socket, head, (websocket) => {
      this.#visitors.enter(request, websocket)
      this.#tcp.upgraded(request.socket)
      this.#listenTo(websocket)
      if (!this.#sockets) return websocket.terminate()
      if (protocol === RPC_PROTOCOL) this.#openRpc(websocket, socket, wanted)
      else this.#openReplication(websocket, socket, wanted)
    })
  }

  /** The purpose of a request, or the reason for its refusal. */
  #choose(path: string, request: IncomingMessage): Wanted | Refused {
    if (!this.#sockets) return { status: '503 Service Unavailable' }
    const { site } = this.#sockets
    const refusal =
      this.#guard.refusesHost(request) ?? (site.debug ? this.#guard.refusesOrigin(request) : null)
    if (refusal) return refusal
    const served = site.find(path.replace(/^\/|\/$/g, ''))
    if (!served) return { status: '404 Not Found' }
    if (!this.#visitors.admits(request)) {
      const why = 'your address has as many connections as this host allows for one address'
      return { status: '429 Too Many Requests', why }
    }
    const visitor = this.#visitors.visitorOf(request)
    const waitMs = served.waitMs?.(visitor) ?? 0
    if (waitMs > 0) return { status: '429 Too Many Requests', waitMs }
    const asked = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((name) => name.trim())
    const isRpc = asked.includes(RPC_PROTOCOL)
    if (!isRpc && !asked.includes(REPLICATE_PROTOCOL)) return { status: '400 Bad Request' }
    // Last, because this check may close the WebSocket of another peer.
    if (!this.#hasRoom(site)) {
      const why = 'this host has as many connections as it allows'
      return { status: '503 Service Unavailable', why, waitMs: ROOM_IDLE_MS }
    }
    if (isRpc) {
      const server = this.#sockets.rpc(served.requestBytes)
      return { served, visitor, protocol: RPC_PROTOCOL, server }
    }
    return { served, visitor, protocol: REPLICATE_PROTOCOL, server: this.#sockets.replication }
  }

  #listenTo(socket: WebSocket): void {
    this.#spoke.set(socket, performance.now())
    socket.on('message', () => {
      // A WebSocket that was asked to close is no longer here.
      if (this.#spoke.delete(socket)) this.#spoke.set(socket, performance.now())
    })
    socket.once('close', () => this.#spoke.delete(socket))
  }

  /** Whether there is room for one more WebSocket; if need be, closes the most silent one. */
  #hasRoom({ connections }: Site): boolean {
    const most = Math.max(1, Math.min(connections, this.#tcp.most - this.#tcp.plainMost))
    if (this.#spoke.size < most) return true
    const [first] = this.#spoke
    if (!first || first[1] > performance.now() - ROOM_IDLE_MS) return false
    const [silent] = first
    this.#spoke.delete(silent)
    leave(silent, WEBSOCKET_TRY_LATER, this.#cuts.note('room'))
    return true
  }

  #openReplication(socket: WebSocket, tcp: Duplex, { served, visitor }: Wanted): void {
    const wire = createWebSocketStream(socket)
    this.#watch(socket, tcp, wire)
    void joinReplication(wire, {
      replicate: () => served.replicate(visitor),
      turn: (work) => this.#connections.turns.run(served, work),
      onError: (error) => this.#end(socket, error),
    })
  }

  /** Bounds the unread bytes of a replication peer, as for a peer of calls. */
  #watch(socket: WebSocket, tcp: Duplex, wire: Duplex): void {
    const { held, options } = this.#connections
    const cut = (reason: DisconnectReason): void => {
      this.#cuts.note(reason)
      socket.terminate()
    }
    const holder = {
      get heldBytes() {
        return socket.bufferedAmount + wire.writableLength
      },
      cut: () => cut('memory'),
    }
    const heartbeat = new Heartbeat(
      options.timers,
      {
        get waiting() {
          return socket.bufferedAmount
        },
        get left() {
          return leftOf(tcp)
        },
        isPaused: () => socket.isPaused,
        ping: () => socket.ping(),
        cut,
      },
      options.bounds.pingMs,
    )
    held.add(holder)
    socket.on('message', () => {
      heartbeat.heard()
      held.gained(socket.bufferedAmount)
    })
    socket.on('pong', () => heartbeat.heard())
    socket.once('close', () => {
      heartbeat.stop()
      held.delete(holder)
    })
  }

  /** A visitor that woke too many services may retry later; every other error is the host's. */
  #end(socket: WebSocket, error: Error): void {
    if (error instanceof WakeRateError) {
      leave(socket, WEBSOCKET_TRY_LATER, error.message)
    } else {
      this.#onError(error)
      socket.terminate()
    }
  }

  #openRpc(socket: WebSocket, wire: Duplex, { served, visitor }: Wanted): void {
    let corked = false
    const peer = this.#connections.open(
      served,
      {
        send: (frame) => {
          if (socket.readyState !== socket.OPEN) return
          // The replies of a group are sent in one turn: they leave in one write.
          if (!corked) {
            corked = true
            wire.cork()
            process.nextTick(() => {
              corked = false
              wire.uncork()
            })
          }
          socket.send(frame)
        },
        get waiting() {
          return socket.bufferedAmount
        },
        get left() {
          return leftOf(wire)
        },
        ping: () => socket.ping(),
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        close: (why) => leave(socket, WEBSOCKET_POLICY, why),
        later: (why) => leave(socket, WEBSOCKET_TRY_LATER, why),
        destroy: () => socket.terminate(),
      },
      visitor,
    )
    socket.on('message', (data: Buffer, isBinary) => {
      // After asking a peer to disconnect, drop its frames: it sends its requests again.
      if (socket.readyState !== socket.OPEN) return
      if (isBinary) peer.receive(data)
      else leave(socket, WEBSOCKET_POLICY, 'frames are binary')
    })
    socket.on('pong', () => peer.heard())
    wire.on('drain', () => peer.drained())
    // ws itself answers an invalid or too large message by closing with the right code.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => peer.close())
  }
}
