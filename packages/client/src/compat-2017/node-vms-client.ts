/** The class of 2017: `new NodeVMSClient()`, `connect`, and the service's methods as methods of the client. */
import type { KeyPair, Signer, Value } from '@vms/format'
import type { CallOptions, Receipted } from '../calls/pending-call.ts'
import type { LedgerReader } from '../client/ledger-reader.ts'
import type { Methods } from '../client/remote.ts'
import { ServiceClient } from '../client/service-client.ts'
import type { ServiceFiles } from '../client/service-files.ts'
import type { ClientEvents, ConnectOptions } from '../connection/options.ts'
import type { ServiceInfo } from '../connection/service-info.ts'
import { VmsConnectionError, VmsUsageError } from '../errors/errors.ts'
import { Emitter } from '../platform/emitter.ts'
import type { ClientPorts } from '../platform/ports.ts'

/** Options of a {@link NodeVMSClient}. */
export interface NodeVMSClientOptions {
  /** Milliseconds to wait for a reply, and for the connection; default 5,000. */
  readonly timeout?: number
  /** Signs the calls. Default: on Node a fresh key pair, in browsers the stored key pair of the page's origin. */
  readonly key?: KeyPair | Signer
  readonly ports?: Partial<ClientPorts>
}

/** The facts about a service, with the names of 2017. */
export interface BackendInfo {
  readonly methods: readonly string[]
  /** `hyper://…` */
  readonly filesArchiveUrl: string
  /** `vms://…` */
  readonly callLogUrl: string
}

/**
 * A client with the service's methods as its own. Its own members win: call a method whose name is taken, or begins with `$`, by {@link
 * $call}.
 */
export class NodeVMSClient implements AsyncDisposable {
  /** The facts about the connected service; null before the connection. */
  backendInfo: BackendInfo | null = null
  #options: NodeVMSClientOptions
  #events = new Emitter<ClientEvents>((event) => {
    if (event === 'update' && this.#client) this.#passUpdates(this.#client)
  })
  #passed: ServiceClient | null = null
  #client: ServiceClient | null = null
  #attached: string[] = []

  constructor(options: NodeVMSClientOptions = {}) {
    this.#options = options
  }

  /** The signer of the calls; null before the client is connected, and for a debug caller. */
  get key(): Signer | null {
    return this.backendInfo && this.#client ? this.#client.key : null
  }

  /** All known facts about the service; null before the connection. */
  get info(): ServiceInfo | null {
    return this.backendInfo && this.#client ? this.#client.info : null
  }

  /**
   * Connects and attaches the service's methods. Resolves with the client itself, typed with the methods of `M`. Rejects with the reason if
   * it cannot. A closed client can connect again.
   */
  async connect<M = unknown>(
    url: string,
    options: ConnectOptions = {},
  ): Promise<this & Methods<M>> {
    if (this.#client) {
      throw new VmsUsageError('ERR_VMS_ALREADY_CONNECTED', 'the client is connected already', {
        hint: 'close it first, or use another client',
      })
    }
    const client = new ServiceClient(url, { ...this.#options, ...options })
    this.#client = client
    if (this.#events.has('update')) this.#passUpdates(client)
    client.events.on('open', () => this.#events.emit('open'))
    client.events.on('ready', () => {
      this.#attach(client)
      this.#events.emit('ready')
    })
    client.events.on('reconnecting', (reconnection) =>
      this.#events.emit('reconnecting', reconnection),
    )
    client.events.on('error', (error) => this.#events.emit('error', error))
    client.events.on('close', () => {
      this.#client = null
      this.#events.emit('close')
    })
    await client.connect()
    return this as this & Methods<M>
  }

  /** The ledger's entries, proven. */
  get ledger(): LedgerReader {
    return this.#connected().ledger
  }

  /** The service's files, proven. */
  get files(): ServiceFiles {
    return this.#connected().files
  }

  /** Calls a method by its name. Use it for taken names, and to pass options. */
  async $call(
    method: string,
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): Promise<Value> {
    return this.#connected().call(method, args, options, false)
  }

  /** Calls a method. Resolves with the result and the receipt that proves it to anyone. */
  async $receipt(
    method: string,
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): Promise<Receipted> {
    return this.#connected().call(method, args, options, true)
  }

  /** Listens to an event. */
  on<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): this {
    this.#events.on(event, listener)
    return this
  }

  /** Stops listening to an event. */
  off<K extends keyof ClientEvents>(event: K, listener: (...args: ClientEvents[K]) => void): this {
    this.#events.off(event, listener)
    return this
  }

  /** Ends the connection. Pending calls reject. */
  close(): void {
    this.#client?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** Asks for updates with the first listener, because a host sends them only to clients that ask. */
  #passUpdates(client: ServiceClient): void {
    if (this.#passed === client) return
    this.#passed = client
    client.events.on('update', (head) => this.#events.emit('update', head))
  }

  #connected(): ServiceClient {
    if (this.#client) return this.#client
    throw new VmsConnectionError('ERR_VMS_NOT_CONNECTED', 'the client is not connected', {
      hint: 'await client.connect(url) first',
    })
  }

  #attach({ info }: ServiceClient): void {
    const { methods, filesArchiveUrl, callLogUrl } = info
    this.backendInfo = { methods, filesArchiveUrl, callLogUrl }
    for (const name of this.#attached) Reflect.deleteProperty(this, name)
    // `then` and `toJSON` would make a promise of the client, or change how it prints.
    this.#attached = methods.filter(
      (name) => !(name in this || name.startsWith('$') || name === 'then' || name === 'toJSON'),
    )
    for (const name of this.#attached) {
      const value = (...args: unknown[]) => this.$call(name, args)
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true })
    }
  }
}
