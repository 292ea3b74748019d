/**
 * The HTTP server: `GET /.well-known/vms.json`, and WebSockets with the subprotocols of calls and of replication, at
 * `/<ledger id>`, and at `/` where there is one service. What is there may be asleep: it is woken for what comes.
 */
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'
import { clientFrameBytes, REPLICATE_PROTOCOL, RPC_PROTOCOL } from '@vms/rpc'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import type { Connection, Socket } from './connection.ts'
import { ListenError } from './errors.ts'
import type { Metrics } from './operating/metrics.ts'
import { answerOperating, type OperatingPages } from './operating/pages.ts'
import { renew, secureServer, type Tls } from './operating/tls.ts'

/** Bytes of one WebSocket message of replication: hypercore's largest message carries one block of 15 MiB and its proof. */
const REPLICATION_MESSAGE_BYTES = 16 * 1024 * 1024

/** Milliseconds that a peer has to answer the closing of its WebSocket before it is cut off. */
const CLOSE_MS = 500

/** One service, as it is served. */
export interface Served {
  readonly requestBytes: number
  connect(socket: Socket): Connection
  /** A stream of the ledger's replication. Rejects if there can be none now. */
  replicate(): Promise<Duplex>
}

/** All that is served. */
export interface Site {
  /** Connections at one time, over all services. */
  readonly connections: number
  /** What is at `/<id>`; at `/` the id is empty. Null if nothing is. */
  find(id: string): Served | null
  /** The body of /.well-known/vms.json. */
  describe(): unknown
  /** Why no calls are taken at present; null if they are. */
  unready(): string | null
}

export interface ServerOptions {
  /** Told what went wrong with one connection. */
  readonly onError: (error: Error) => void
  /** Where they are served at /metrics. */
  readonly metrics?: Pick<Metrics, 'contentType' | 'text'> | null
  /** Without it, plain HTTP. */
  readonly tls?: Tls | undefined
}

const WEBSOCKET_GOING_AWAY = 1001
const WEBSOCKET_POLICY = 1008

/** Not by the URL class: it throws on what strangers may send, such as `//`. */
const pathOf = (request: IncomingMessage): string => (request.url ?? '/').replace(/\?.*$/s, '')

/** A WebSocket server takes messages up to one size, so there is one for each size. */
class Sockets {
  readonly site: Site
  readonly replication = webSockets(REPLICATION_MESSAGE_BYTES)
  #rpc = new Map<number, WebSocketServer>()

  constructor(site: Site) {
    this.site = site
  }

  /** The one for requests of at most so many bytes. */
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

const webSockets = (maxPayload: number): WebSocketServer =>
  new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false })

/** What a WebSocket is wanted for. */
interface Wanted {
  readonly served: Served
  readonly protocol: typeof RPC_PROTOCOL | typeof REPLICATE_PROTOCOL
  readonly server: WebSocketServer
}

export class Server {
  #http: HttpServer
  #onError: (error: Error) => void
  #pages: OperatingPages
  #sockets: Sockets | null = null
  /** Messages that are being answered. */
  #answering = new Set<Promise<void>>()

  /** Throws {@link TlsError} if the certificate and the key are none, or not a pair. */
  constructor({ onError, metrics = null, tls }: ServerOptions) {
    this.#onError = onError
    this.#pages = { onError, metrics, unready: () => this.#unready() }
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      this.#answer(request, response)
    this.#http = tls ? secureServer(tls, answer) : createServer(answer)
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** From now on answers for a site; before, it says that it is not available yet. */
  serve(site: Site): void {
    this.#sockets = new Sockets(site)
  }

  /** Listens; resolves with the port, which differs from `port` only if that is 0. Rejects with {@link ListenError}. */
  async listen(port: number, hostname: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) =>
        reject(new ListenError(port, hostname, error)),
      )
      this.#http.listen(port, hostname, resolve)
    })
    this.#http.on('error', this.#onError)
    return (this.#http.address() as AddressInfo).port
  }

  /** Answers what has an answer by now, says goodbye to all peers and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    // Once all are cut off, there may be calls that never get an answer.
    if (this.#sockets) await Promise.all(this.#answering)
    for (const socket of this.#open()) socket.close(WEBSOCKET_GOING_AWAY, 'the host is closing')
    const late = setTimeout(() => this.destroy(), CLOSE_MS)
    this.#http.closeIdleConnections()
    await closed
    clearTimeout(late)
  }

  /** Cuts off all peers at once, without another byte, and lets nobody in any more. */
  destroy(): void {
    for (const socket of this.#open()) socket.terminate()
    this.#sockets = null
    this.#http.close()
    this.#http.closeAllConnections()
  }

  /** Open connections by what they are for. */
  get connections(): { readonly calls: number; readonly replication: number } {
    const open = this.#open()
    const calls = open.filter(({ protocol }) => protocol === RPC_PROTOCOL).length
    return { calls, replication: open.length - calls }
  }

  /** New connections get this certificate from now on. Throws {@link TlsError}; then all stays as it was. */
  renewTls(tls: Tls): void {
    renew(this.#http, tls)
  }

  #open(): WebSocket[] {
    return this.#sockets?.open ?? []
  }

  #unready(): string | null {
    return this.#sockets ? this.#sockets.site.unready() : 'the host is starting'
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = pathOf(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    } else if (answerOperating(path, response, this.#pages)) {
      return
    } else if (!this.#sockets) {
      response.writeHead(503, { 'retry-after': '1' }).end()
    } else if (path === '/.well-known/vms.json') {
      response.writeHead(200, {
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      })
      response.end(`${JSON.stringify(this.#sockets.site.describe(), null, 2)}\n`)
    } else {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
      response.end(
        'This is a VMS host. It says what it serves at /.well-known/vms.json and takes calls over WebSocket.\n',
      )
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const wanted = this.#choose(request)
    if (typeof wanted === 'string') {
      socket.end(`HTTP/1.1 ${wanted}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const { served, protocol, server } = wanted
    server.handleUpgrade(request, socket, head, (websocket) => {
      if (!this.#sockets) return websocket.terminate()
      if (protocol === RPC_PROTOCOL) this.#openRpc(websocket, socket, served)
      else void this.#openReplication(websocket, served)
    })
  }

  /** What a request wants, or the HTTP status that refuses it. */
  #choose(request: IncomingMessage): Wanted | string {
    if (!this.#sockets) return '503 Service Unavailable'
    const { site } = this.#sockets
    const served = site.find(pathOf(request).replace(/^\/|\/$/g, ''))
    if (!served) return '404 Not Found'
    if (this.#open().length >= site.connections) return '503 Service Unavailable'
    const asked = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((name) => name.trim())
    if (asked.includes(RPC_PROTOCOL)) {
      const server = this.#sockets.rpc(served.requestBytes)
      return { served, protocol: RPC_PROTOCOL, server }
    }
    if (!asked.includes(REPLICATE_PROTOCOL)) return '400 Bad Request'
    return { served, protocol: REPLICATE_PROTOCOL, server: this.#sockets.replication }
  }

  #openRpc(socket: WebSocket, wire: Duplex, served: Served): void {
    let corked = false
    const connection = served.connect({
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
      close: (why) => socket.close(WEBSOCKET_POLICY, why),
    })
    const failed = (error: Error): void => {
      this.#onError(error)
      socket.terminate()
    }
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return socket.close(WEBSOCKET_POLICY, 'frames are binary')
      const answered = connection.receive(data).catch(failed)
      this.#answering.add(answered)
      void answered.then(() => this.#answering.delete(answered))
    })
    // ws itself answers a message that is too large, or is none, by closing with the right code.
    socket.on('error', () => socket.terminate())
    socket.on('close', () => connection.close())
    connection.open().catch(failed)
  }

  async #openReplication(socket: WebSocket, served: Served): Promise<void> {
    // At once, so that nothing is lost that the peer says meanwhile.
    const wire = createWebSocketStream(socket)
    wire.on('error', () => wire.destroy())
    let replication: Duplex
    try {
      replication = await served.replicate()
    } catch (error) {
      // It cannot be woken, or the ledger has ended and the host is about to.
      this.#onError(error as Error)
      socket.terminate()
      return
    }
    // A peer that goes away is no error of the host's.
    pipeline(wire, replication, wire, () => wire.destroy())
  }
}
