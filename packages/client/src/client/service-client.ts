/**
 * A client of one service: connects, reconnects, and passes calls to the outbox. Both the class of 2017 and the typed remote are thin
 * layers over it.
 */
import { encodeValue, METHOD_NAME, type SignedHead, type Signer, type Value } from '@vms/format'
import { platform } from '#platform'
import { CALL_TIMEOUT_MS, DHT_CONNECT_MS, RECONNECT_PAUSE_MS } from '../calls/limits.ts'
import { type CallOptions, PendingCall, type Receipted } from '../calls/pending-call.ts'
import { assertDebugName, type Caller } from '../calls/request-packer.ts'
import type { HeldHead } from '../connection/held-head.ts'
import type { ClientEvents, ClientOptions } from '../connection/options.ts'
import { ledgerOption, serviceAddress } from '../connection/service-address.ts'
import type { ServiceInfo } from '../connection/service-info.ts'
import {
  closed,
  VmsCancelError,
  VmsConnectionError,
  type VmsError,
  VmsTimeoutError,
  VmsUsageError,
} from '../errors/errors.ts'
import { backoffMs } from '../platform/backoff.ts'
import { Emitter } from '../platform/emitter.ts'
import { type ClientPorts, platformPorts } from '../platform/ports.ts'
import { pause } from '../platform/timer.ts'
import { offerFiles } from './archives.ts'
import { BlockSource } from './block-source.ts'
import { LedgerReader } from './ledger-reader.ts'
import { Outbox } from './outbox.ts'
import { ServiceFiles } from './service-files.ts'
import { openSession, type Session } from './session.ts'

/** A client that keeps itself connected from its first connection until it is closed. */
export class ServiceClient {
  readonly events = new Emitter<ClientEvents>((event) => {
    if (event === 'update') this.#session?.link.follow()
  })
  /** The ledger's entries. */
  readonly ledger: LedgerReader
  /** The service's files. */
  readonly files: ServiceFiles
  #url: string
  #options: ClientOptions
  #ports: ClientPorts
  #timeoutMs: number
  #connectMs: number
  #expected: Uint8Array | null
  #outbox: Outbox
  #session: Session | null = null
  #held: HeldHead | null = null
  #methods = new Set<string>()
  #closing = new AbortController()
  #attempt = 0
  #caller: Caller | null = null
  #withdrawFiles: () => void = () => {}

  /** Throws {@link VmsUsageError}, or an AddressError of @vms/format, for wrong arguments. Only {@link connect} connects. */
  constructor(address: string, options: ClientOptions = {}) {
    const { dht } = options
    const { url, ledger, overDht } = serviceAddress(address, dht !== undefined)
    this.#url = url
    this.#options = options
    this.#ports = {
      ...platformPorts,
      ...(overDht && dht && { openTransport: dht.openTransport }),
      ...options.ports,
    }
    this.#timeoutMs = options.timeout ?? CALL_TIMEOUT_MS
    this.#connectMs = options.timeout ?? (overDht ? DHT_CONNECT_MS : CALL_TIMEOUT_MS)
    this.#expected = options.ledger === undefined ? ledger : ledgerOption(options.ledger)
    assertDebugName(options.user)
    this.#outbox = new Outbox({
      ports: this.#ports,
      // Set before the first session opens.
      caller: () => this.#caller as Caller,
      requestCalls: options.requestCalls ?? Number.MAX_SAFE_INTEGER,
    })
    const blocks = new BlockSource({
      events: this.events,
      after: this.#ports.after,
      timeoutMs: this.#timeoutMs,
      session: () => this.#session,
      ended: () => this.#closing.signal.aborted,
      head: () => this.#head,
      fail: (error) => this.#finish(error),
    })
    this.ledger = new LedgerReader(
      blocks,
      () => this.info,
      () => this.#ports.now(),
    )
    this.files = new ServiceFiles(blocks)
  }

  /** The checked facts about the service. */
  get info(): ServiceInfo {
    if (!this.#held) throw notConnected()
    return this.#held.info
  }

  get #head(): SignedHead {
    const head = this.#session?.tracker.head ?? this.#held?.head
    if (!head) throw notConnected()
    return head
  }

  /** The signer of the calls; null for a debug caller, and before there is a connection. */
  get key(): Signer | null {
    return typeof this.#caller === 'string' ? null : this.#caller
  }

  /** Connects. Rejects if there is no connection within the timeout; afterwards the client keeps itself connected. */
  async connect(): Promise<void> {
    try {
      this.#caller = await this.#signer()
      this.#begin(await this.#open(this.#options.signal ?? null))
    } catch (error) {
      this.#finish(error as VmsError)
      throw error
    }
  }

  /** Calls a method. Resolves with its result, or with result and receipt. */
  call(
    method: string,
    args: readonly unknown[],
    options: CallOptions,
    wantsReceipt: true,
  ): Promise<Receipted>
  call(
    method: string,
    args: readonly unknown[],
    options: CallOptions,
    wantsReceipt: false,
  ): Promise<Value>
  async call(
    method: string,
    args: readonly unknown[],
    options: CallOptions,
    wantsReceipt: boolean,
  ): Promise<Receipted | Value> {
    if (!this.#held) throw notConnected()
    if (this.#closing.signal.aborted) throw closed()
    if (!Array.isArray(args)) {
      throw new VmsUsageError('ERR_VMS_BAD_ARGUMENTS', 'the arguments of a call are an array')
    }
    if (typeof method !== 'string' || method.length > METHOD_NAME || !method.isWellFormed()) {
      throw new VmsUsageError(
        'ERR_VMS_BAD_METHOD',
        `the name of a method is a string of at most ${METHOD_NAME} characters`,
      )
    }
    const call = new PendingCall(method, encodeValue(args as Value[]), {
      wantsReceipt,
      // The host would refuse a whole request that contains an unknown method.
      alone: !this.#methods.has(method),
      after: this.#ports.after,
      timeoutMs: options.timeout ?? this.#timeoutMs,
      signal: options.signal ?? null,
      onTimeout: (late) => this.#suspect(late),
    })
    this.#outbox.add(call)
    return call.promise
  }

  /** Ends the client. Pending calls reject; the host may still execute calls that were sent. */
  close(): void {
    this.#finish(closed())
  }

  async #signer(): Promise<Caller> {
    const { user, key } = this.#options
    if (user !== undefined) return user
    if (!key) return await platform.defaultSigner()
    return 'secretKey' in key ? await platform.signer(key) : key
  }

  async #open(signal: AbortSignal | null): Promise<Session> {
    const opening = new AbortController()
    const what = `connecting to ${this.#url}`
    const cancel = (): void => opening.abort(new VmsCancelError(what, signal?.reason, false))
    const close = (): void => opening.abort(closed())
    const stopTimer = this.#ports.after(this.#connectMs, () =>
      opening.abort(new VmsTimeoutError(what, this.#connectMs, false)),
    )
    if (signal?.aborted) cancel()
    if (this.#closing.signal.aborted) close()
    signal?.addEventListener('abort', cancel)
    this.#closing.signal.addEventListener('abort', close)
    try {
      return await openSession({
        url: this.#url,
        ports: this.#ports,
        expected: this.#expected,
        held: this.#held,
        signal: opening.signal,
        onAnswer: async (id, answer) => {
          await this.#outbox.answer(id, answer)
          this.#attempt = 0
        },
        onHead: () => this.#headMoved(),
        onEnd: (error) => this.#lost(error),
      })
    } finally {
      stopTimer()
      signal?.removeEventListener('abort', cancel)
      this.#closing.signal.removeEventListener('abort', close)
    }
  }

  #begin(session: Session): void {
    const { info, link } = session
    if (link.ended) throw link.ended
    if (this.#options.user !== undefined && info.genesis.authentication !== 'debug') {
      const error = new VmsUsageError('ERR_VMS_NOT_DEBUG', 'this service takes signed calls only', {
        hint: 'leave out the user: a key pair then signs the calls',
      })
      session.link.end(error)
      throw error
    }
    const before = this.#held?.head.length ?? session.tracker.head.length
    this.#session = session
    this.#expected = info.ledger
    this.#hold(session)
    this.#methods = new Set(info.methods)
    this.#withdrawFiles()
    this.#withdrawFiles = offerFiles(info.filesArchiveUrl, this.files)
    this.events.emit('open')
    this.events.emit('ready')
    if (this.#session !== session) return
    if (this.events.has('update')) link.follow()
    if (session.tracker.head.length > before) this.#headMoved()
    this.#outbox.attach(session)
  }

  #headMoved(): void {
    if (this.#session) this.events.emit('update', this.#session.tracker.head)
  }

  #hold({ info, tracker }: Session): void {
    this.#held = { info, head: tracker.head, roots: [...tracker.roots] }
  }

  /**
   * Handles a call that has timed out. If the host has sent nothing since the call, the connection may be dead and neither side may know
   * it: a machine slept, or a router forgot the connection. Only a new connection shows that.
   */
  #suspect(call: PendingCall): void {
    const link = this.#session?.link
    if (!link || !call.sent || link.heardAt > call.sentAt) return
    link.end(new VmsConnectionError('ERR_VMS_CONNECTION_LOST', 'the host does not answer'))
  }

  #lost(error: VmsError): void {
    const session = this.#session
    if (!session) return
    this.#session = null
    this.#hold(session)
    this.#outbox.detach()
    if (error instanceof VmsConnectionError) void this.#reconnect(error)
    else this.#finish(error)
  }

  async #reconnect(lost: VmsError): Promise<void> {
    let error = lost
    for (;;) {
      const delayMs = backoffMs(this.#attempt, RECONNECT_PAUSE_MS, this.#ports.random)
      this.#attempt += 1
      this.events.emit('reconnecting', { attempt: this.#attempt, delayMs, error })
      await pause(delayMs, this.#closing.signal, this.#ports.after)
      if (this.#closing.signal.aborted) return
      try {
        const session = await this.#open(null)
        return this.#begin(session)
      } catch (failure) {
        error = failure as VmsError
        if (this.#closing.signal.aborted) return
        if (!(error instanceof VmsConnectionError || error instanceof VmsTimeoutError))
          return this.#finish(error)
      }
    }
  }

  /** Ends the client, at the first call only. */
  #finish(error: VmsError): void {
    if (this.#closing.signal.aborted) return
    this.#closing.abort()
    this.#withdrawFiles()
    const session = this.#session
    this.#session = null
    session?.link.end(error)
    this.#outbox.end(error)
    const asked = error instanceof VmsConnectionError && error.code === 'ERR_VMS_CLOSED'
    if (!asked) this.events.emit('error', error)
    this.events.emit('close')
  }
}

const notConnected = (): VmsConnectionError =>
  new VmsConnectionError('ERR_VMS_NOT_CONNECTED', 'the client is not connected', {
    hint: 'await connect(…) first',
  })
