/**
 * One RPC connection: frames in, frames out. It remembers the last head that it sent, so it sends each head, and the upper part of
 * the paths under it, once per group, however many replies there are. The service may become dormant between two frames, so each
 * frame keeps it open while it is handled.
 */
import { type Crypto, requestId, type SignedHead, signRefusal, tailOf } from '@vms/format'
import type { Timers } from '@vms/ledger'
import { type LedgerPort, OutOfRangeError } from '@vms/ledger'
import {
  BLOCKS_BYTES,
  BLOCKS_MAX,
  type ClientFrame,
  clientFrameBytes,
  coveringNode,
  decodeClientFrame,
  EXPLANATION,
  encodeHostFrame,
  FrameError,
  type HostFrame,
  type RefusalCode,
} from '@vms/rpc'
import { RefusedRequest } from '../errors/refusal.ts'
import type { DisconnectReason } from '../operations/disconnects.ts'
import { Throttle } from '../platform/throttle.ts'
import type { Observer } from '../service/observer.ts'
import type { Recorded } from '../service/pending.ts'
import type { RunRead } from '../service/request-outcomes.ts'
import type { Service } from '../service/service.ts'
import { type ConnectionLimits, FOLLOW_MS, type ServiceLimits } from '../settings/limits.ts'
import type { CommitSignal } from './commit-signal.ts'

/** The part of a socket that a connection uses. */
export interface Socket {
  send(frame: Uint8Array): void
  /** Bytes passed to `send` that have not left yet. */
  readonly waiting: number
  /** Closes the socket because of a fault of the peer. */
  close(why: string): void
  /** Closes the socket, and counts the reason. */
  cut(reason: DisconnectReason): void
}

/** An awake service, and the key that signs its refusals. */
export interface CallableService {
  readonly service: Service<LedgerPort>
  readonly refusalKey: Uint8Array
}

/** Keeps a service awake while `work` runs; rejects if it cannot be woken. */
export type UseService = <T>(work: (awake: CallableService) => Promise<T>) => Promise<T>

export interface ConnectionOptions {
  readonly socket: Socket
  /** Schedules a read of the ledger for an answer. */
  readonly read: RunRead
  /** Called for each call. */
  readonly onCall: () => void
  readonly use: UseService
  readonly commits: CommitSignal
  readonly requestBytes: number
  readonly crypto: Crypto
  readonly limits: Pick<ServiceLimits, 'requestLifetimeMs'> &
    Pick<ConnectionLimits, 'sendBytes' | 'badRequests'>
  readonly now: () => number
  readonly timers: Timers
  readonly observer?: Observer | undefined
}

type Answer =
  | { readonly id: number; readonly recorded: Recorded }
  | { readonly id: number; readonly request: Uint8Array; readonly refusal: RefusedRequest }

/** Malformed and wrongly signed requests: the check of each costs the host more than the peer. */
const BAD_REQUESTS: ReadonlySet<RefusalCode> = new Set([
  'ERR_VMS_BAD_REQUEST',
  'ERR_VMS_UNSIGNED',
  'ERR_VMS_BAD_SIGNATURE',
])

export class Connection {
  #options: ConnectionOptions
  /** The last head sent, and the length of the head before it. */
  #sentHead: SignedHead | null = null
  #sentFrom = 0
  #answers: Answer[] = []
  #flushing = false
  #headDue = false
  #stopFollowing: () => void = () => {}
  #closed = false
  /** Reads for answers that run or wait. They run one after the other. `#lastRead` is the last of them. */
  #reads = 0
  #lastRead: Promise<unknown> = Promise.resolve()
  #badRequests = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Sends the hello. */
  async open(): Promise<void> {
    await this.#options.use((awake) => this.#greet(awake))
  }

  async #greet({ service }: CallableService): Promise<void> {
    const { limits, now } = this.#options
    const { ledger, genesis } = service
    const { head } = ledger
    this.#sentHead = head
    this.#sentFrom = head.length
    const roots = await ledger.consistency(0, head.length)
    this.#send([
      'hello',
      {
        ledger: ledger.key,
        manifest: ledger.manifest,
        methods: [...service.methods],
        authentication: genesis.authentication,
        limits: {
          requestBytes: genesis.limits.requestBytes,
          requestCalls: genesis.limits.requestCalls,
          requestLifetimeMs: limits.requestLifetimeMs,
        },
        time: Math.floor(now()),
        head: { length: head.length, roots, signature: head.signature },
      },
    ])
  }

  /** Handles one message. Answers a wrong message with an error. Rejects only if the host itself failed, as when it cannot read the ledger. */
  async receive(message: Uint8Array): Promise<void> {
    let frame: ClientFrame
    try {
      frame = decodeClientFrame(message, clientFrameBytes(this.#options.requestBytes))
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.#send([
        'error',
        null,
        { code: error.code, message: error.message.slice(0, EXPLANATION) },
      ])
      this.#options.socket.close('bad frame')
      return
    }
    try {
      await this.#options.use((awake) => this.#handle(frame, awake))
    } catch (error) {
      // A peer that has left needs no answer.
      if (!this.#closed) throw error
    }
  }

  async #handle(frame: ClientFrame, awake: CallableService): Promise<void> {
    const { ledger } = awake.service
    switch (frame[0]) {
      case 'call':
        return this.#call(frame[1], frame[2], frame[3], awake)
      case 'entry':
        return this.#read(() => this.#entry(frame[1], frame[2], ledger))
      case 'consistency':
        return this.#read(() => this.#consistency(frame[1], frame[2], frame[3], ledger))
      case 'blocks':
        return this.#read(() => this.#blocks(frame, ledger))
      case 'follow':
        return this.#follow()
      default:
        return frame satisfies never
    }
  }

  /** The socket has closed. Drops all answers that are not sent yet. */
  close(): void {
    this.#closed = true
    this.#answers = []
    this.#stopFollowing()
  }

  async #call(
    id: number,
    request: Uint8Array,
    signature: Uint8Array | null,
    awake: CallableService,
  ): Promise<void> {
    const { observer, onCall } = this.#options
    onCall()
    const began = observer ? performance.now() : 0
    let answer: Answer
    try {
      const recorded = await awake.service.submit(request, signature, this.#read)
      answer = { id, recorded }
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error
      answer = { id, request, refusal: error }
    }
    observer?.onAnswer(awake.service.ledger, {
      request,
      ms: performance.now() - began,
      came: 'refusal' in answer ? answer.refusal : answer.recorded,
    })
    this.#answers.push(answer)
    await this.#flush(awake)
    if ('refusal' in answer) this.#countBad(answer.refusal.code)
  }

  /** Whether a read for an answer runs or waits. */
  get isReading(): boolean {
    return this.#reads > 0
  }

  /** Reads for one answer at a time. Rejects once the connection is closed; {@link receive} ignores that error. */
  readonly #read: RunRead = (work) => {
    this.#reads += 1
    const read = this.#lastRead.then(() =>
      this.#options.read(async () => {
        if (this.#closed) throw new Error('the connection is closed')
        return work()
      }),
    )
    this.#lastRead = read.catch(() => {})
    return read.finally(() => {
      this.#reads -= 1
    })
  }

  #countBad(code: RefusalCode): void {
    if (!BAD_REQUESTS.has(code)) return
    this.#badRequests += 1
    const { socket, limits } = this.#options
    if (this.#badRequests >= limits.badRequests) socket.cut('signatures')
  }

  #refuse(
    id: number,
    request: Uint8Array,
    { code, message, lookUp }: RefusedRequest,
    refusalKey: Uint8Array,
  ): void {
    const { crypto } = this.#options
    const { covers, length, treeHash, time } = lookUp
    const claim = { ...lookUp, requestId: requestId(crypto, request), code }
    const signature = signRefusal(crypto, claim, refusalKey)
    this.#send([
      'refused',
      id,
      { code, message: message.slice(0, EXPLANATION), covers, length, treeHash, time, signature },
    ])
  }

  async #entry(id: number, index: number, ledger: LedgerPort): Promise<void> {
    if (index >= ledger.length)
      return this.#fault(id, `there is no entry ${index}: the ledger has ${ledger.length}`)
    this.#send(['entry', id, await ledger.get(index)])
  }

  async #consistency(id: number, from: number, to: number, ledger: LedgerPort): Promise<void> {
    if (from > to || to > ledger.length)
      return this.#fault(
        id,
        `there is no stretch from ${from} to ${to}: the ledger has ${ledger.length} entries`,
      )
    this.#send(['consistency', id, await ledger.consistency(from, to)])
  }

  async #blocks(
    [, id, core, start, end, length]: Extract<ClientFrame, readonly ['blocks', ...unknown[]]>,
    ledger: LedgerPort,
  ): Promise<void> {
    const limits = { blocks: BLOCKS_MAX, bytes: BLOCKS_BYTES }
    try {
      const { blocks, before, after } = await ledger.blocks(core, [start, end, length], limits)
      this.#send(['blocks', id, { blocks, before, after }])
    } catch (error) {
      if (!(error instanceof OutOfRangeError)) throw error
      this.#fault(id, `${core}: ${error.message}`)
    }
  }

  /** Sends the client each new head, not only the heads that its replies need. */
  #follow(): void {
    this.#stopFollowing()
    const { use, commits, socket, timers } = this.#options
    const throttle = new Throttle(timers, FOLLOW_MS, () => {
      this.#headDue = true
      use((awake) => this.#flush(awake)).catch(() => socket.close('the ledger cannot be read'))
    })
    const stop = commits.listen(() => throttle.ask())
    this.#stopFollowing = () => {
      stop()
      throttle.stop()
    }
    // Also announce groups committed since the hello.
    throttle.ask()
  }

  #fault(id: number, message: string): void {
    this.#send(['error', id, { code: 'ERR_VMS_NOT_FOUND', message }])
  }

  /**
   * Sends the newest head, then the waiting answers. One flush at a time keeps heads and answers in order. A refusal
   * follows a head too, so that a client whose head was refused can sign under a newer one at once.
   */
  async #flush(awake: CallableService): Promise<void> {
    if (this.#flushing) return
    this.#flushing = true
    try {
      while (this.#answers.length > 0 || this.#headDue) {
        const answers = this.#answers
        this.#answers = []
        this.#headDue = false
        const { length } = await this.#sendHead(awake.service.ledger)
        for (const answer of answers) {
          if ('refusal' in answer)
            this.#refuse(answer.id, answer.request, answer.refusal, awake.refusalKey)
          else await this.#reply(answer.id, answer.recorded, length, awake.service.ledger)
        }
      }
    } finally {
      this.#flushing = false
    }
  }

  /** Sends the newest durable head, unless the client has it. Returns that head. */
  async #sendHead(ledger: LedgerPort): Promise<SignedHead> {
    const { head } = ledger
    const from = this.#sentHead?.length ?? 0
    if (head.length === from) return head
    const nodes = await ledger.consistency(from, head.length)
    this.#sentFrom = from
    this.#sentHead = head
    this.#send(['head', { from, length: head.length, nodes, signature: head.signature }])
    return head
  }

  async #reply(
    id: number,
    { index, block }: Recorded,
    length: number,
    ledger: LedgerPort,
  ): Promise<void> {
    const path = await ledger.path(index, coveringNode(index, this.#sentFrom, length))
    this.#send(['reply', id, { index, length, tail: tailOf(block), path }])
  }

  #send(frame: HostFrame): void {
    if (this.#closed) return
    const { socket, limits } = this.#options
    socket.send(encodeHostFrame(frame))
    if (socket.waiting > limits.sendBytes) socket.cut('unread')
  }
}
