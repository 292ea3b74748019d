/** The HTTP listener: on the host's own server, or on a path of an existing server. */
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { Server as HttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HostError, ListenError } from '../errors/errors.ts'
import { HEADERS_MS, KEEP_ALIVE_MS, REQUEST_MS, STILL_MS } from '../settings/limits.ts'
import { LOOPBACK, urlHost } from './address.ts'
import { renew, secureServer, type Tls } from './tls.ts'
import { responseTo } from './upgraded-response.ts'
import { isLoopbackName } from './web-guard.ts'

/** Handlers of incoming requests and upgrades. `path` is the path within the host. */
export interface IncomingHandlers {
  /** A TCP connection, before its first byte. Not called where the host is mounted on another server. */
  connection(socket: Socket): void
  request(path: string, request: IncomingMessage, response: ServerResponse): void
  upgrade(path: string, request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface HttpListener {
  /** Begins to listen. Rejects with {@link ListenError}. */
  open(visitors: IncomingHandlers, onError: (error: Error) => void): Promise<void>
  /** Whether it listens at a loopback address, on a server of its own. */
  readonly loopbackOnly: boolean
  readonly port: number
  /** `ws://…` without a slash at the end. */
  readonly url: string
  /** Admits no new connection. Resolves when all have ended. */
  close(): Promise<void>
  /** Gives new connections another certificate. Throws {@link TlsError}; then nothing changes. */
  renewTls(tls: Tls): void
  /** Cuts all connections except WebSockets, and admits no new one. */
  cut(): void
}

export interface HttpListenerOptions {
  /** TCP port; 0 lets the system choose a free one. Default 5555. */
  readonly port?: number
  /** Address to listen at. Default 127.0.0.1: this machine only. */
  readonly hostname?: string
  /** An existing HTTP server, instead of a port. The host answers below `path`; the server's other listeners answer everything else. */
  readonly server?: HttpServer
  /** Path on `server`, such as `/vms`. Default: all of it. */
  readonly path?: string
}

/** The listener for these options. Throws {@link HostError} `ERR_VMS_PATH`, and {@link TlsError}. */
export function makeHttpListener(
  options: HttpListenerOptions & { readonly tls?: Tls },
): HttpListener {
  const { port, hostname, server, path = '', tls } = options
  if (!server) return new OwnServerListener(port ?? 5555, hostname ?? LOOPBACK, tls)
  const base = path.replace(/\/$/, '')
  if (!/^(\/[\w.~-]+)*$/.test(base)) {
    throw new HostError('ERR_VMS_PATH', `${JSON.stringify(path)} is no path to mount a host at`, {
      hint: 'a path is one like /vms',
    })
  }
  return new MountedListener(server, base)
}

/** Without the URL class, which throws on some request targets, such as `//`. */
const pathOf = (request: IncomingMessage): string => (request.url ?? '/').replace(/\?.*$/s, '')

/** Time limits of a visitor. Node rounds them to whole seconds. */
const TIMEOUTS = {
  headersTimeout: HEADERS_MS,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
  connectionsCheckingInterval: 1_000,
}

class OwnServerListener implements HttpListener {
  readonly loopbackOnly: boolean
  #http: HttpServer
  #scheme: 'ws' | 'wss'
  #port: number
  #hostname: string

  constructor(port: number, hostname: string, tls: Tls | undefined) {
    this.#http = tls ? secureServer(tls, TIMEOUTS) : createServer(TIMEOUTS)
    this.#http.setTimeout(STILL_MS)
    this.#scheme = tls ? 'wss' : 'ws'
    this.#port = port
    this.#hostname = hostname
    this.loopbackOnly = isLoopbackName(hostname)
  }

  async open(visitors: IncomingHandlers, onError: (error: Error) => void): Promise<void> {
    const http = this.#http
    http.on('connection', (socket: Socket) => visitors.connection(socket))
    http.on('request', (request, response) => visitors.request(pathOf(request), request, response))
    http.on('upgrade', (request, socket, head) =>
      visitors.upgrade(pathOf(request), request, socket, head),
    )
    await new Promise<void>((resolve, reject) => {
      http.once('error', (error: NodeJS.ErrnoException) =>
        reject(new ListenError(this.#port, this.#hostname, error)),
      )
      http.listen(this.#port, this.#hostname, resolve)
    })
    http.on('error', onError)
    this.#port = (http.address() as AddressInfo).port
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `${this.#scheme}://${urlHost(this.#hostname)}:${this.#port}`
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#http.close(() => resolve()))
    this.#http.closeIdleConnections()
    await closed
  }

  cut(): void {
    this.#http.close()
    this.#http.closeAllConnections()
  }

  renewTls(tls: Tls): void {
    renew(this.#http, tls)
  }
}

type Listener = (...args: unknown[]) => void

class MountedListener implements HttpListener {
  /** The operator of the server decides who may reach it, and under which names. */
  readonly loopbackOnly = false
  #http: HttpServer
  #base: string
  #restore: () => void = () => {}

  constructor(http: HttpServer, base: string) {
    this.#http = http
    this.#base = base
  }

  async open(visitors: IncomingHandlers): Promise<void> {
    const http = this.#http
    const theirs = http.listeners('request') as Listener[]
    http.removeAllListeners('request')
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      const path = this.#within(request)
      if (path !== null) visitors.request(path, request, response)
      else if (theirs.length === 0) response.writeHead(404).end()
      else for (const listener of theirs) listener.call(http, request, response)
    }
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      const path = this.#within(request)
      if (path !== null) visitors.upgrade(path, request, socket, head)
      // Do as Node does without a listener for upgrades: answer the request as if it had no `Upgrade` header.
      else if (http.listenerCount('upgrade') === 1) onRequest(request, responseTo(request, socket))
    }
    http.on('request', onRequest)
    http.on('upgrade', onUpgrade)
    this.#restore = () => {
      http.off('request', onRequest)
      http.off('upgrade', onUpgrade)
      for (const listener of theirs) http.on('request', listener)
      this.#restore = () => {}
    }
  }

  /** The port once the server listens; 0 before. */
  get port(): number {
    const address = this.#http.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  get url(): string {
    const address = this.#http.address()
    const hostname = typeof address === 'object' && address ? address.address : LOOPBACK
    const scheme = this.#http instanceof HttpsServer ? 'wss' : 'ws'
    return `${scheme}://${urlHost(hostname)}:${this.port}${this.#base}`
  }

  /** The existing server stays open. */
  async close(): Promise<void> {
    this.#restore()
  }

  cut(): void {
    this.#restore()
  }

  renewTls(): void {
    throw new TypeError('the certificate is that of the server that the host is mounted on')
  }

  /** The path below the host's own; null if the request is for another path. */
  #within(request: IncomingMessage): string | null {
    const path = pathOf(request)
    if (path !== this.#base && !path.startsWith(`${this.#base}/`)) return null
    return path.slice(this.#base.length) || '/'
  }
}
