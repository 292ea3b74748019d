/**
 * One RPC connection: frames in, frames out. It remembers which head it told the client last, so that a head and the
 * upper part of all paths under it go out once per group, however many replies there are.
 */
import { type Crypto, requestId, type SignedHead } from '@vms/format'
import {
  type ClientFrame,
  clientFrameBytes,
  coveringNode,
  decodeClientFrame,
  EXPLANATION,
  encodeFrame,
  FrameError,
  type HostFrame,
  signRefusal,
} from '@vms/rpc'
import type { ServiceLimits } from './limits.ts'
import type { Recorded } from './pending.ts'
import { Refusal } from './refusal.ts'
import type { Service } from './service.ts'

/** What a connection needs of its socket. */
export interface Socket {
  send(frame: Uint8Array): void
  /** Bytes handed to `send` that have not left yet. */
  readonly waiting: number
  close(why: string): void
}

export interface ConnectionOptions {
  readonly socket: Socket
  readonly service: Service
  readonly crypto: Crypto
  readonly limits: ServiceLimits
  readonly refusalKey: Uint8Array
  readonly now: () => number
}

type Answer =
  | { readonly id: number; readonly recorded: Recorded }
  | { readonly id: number; readonly request: Uint8Array; readonly refusal: Refusal }

export class Connection {
  #options: ConnectionOptions
  /** The head that the client was told last, and the one before it. */
  #told: SignedHead
  #from: number
  #answers: Answer[] = []
  #flushing = false
  #closed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#told = options.service.ledger.head
    this.#from = this.#told.length
  }

  /** Sends the hello. */
  async open(): Promise<void> {
    const { service, limits, now } = this.#options
    const { ledger, genesis } = service
    const head = this.#told
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

  /** Handles one message. What is wrong with it is answered; it rejects only if the host itself failed, as when the ledger cannot be read. */
  async receive(message: Uint8Array): Promise<void> {
    let frame: ClientFrame
    try {
      frame = decodeClientFrame(
        message,
        clientFrameBytes(this.#options.service.genesis.limits.requestBytes),
      )
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
    switch (frame[0]) {
      case 'call':
        return this.#call(frame[1], frame[2], frame[3])
      case 'entry':
        return this.#entry(frame[1], frame[2])
      case 'consistency':
        return this.#consistency(frame[1], frame[2], frame[3])
      default:
        return frame satisfies never
    }
  }

  /** The socket is gone: what is still to come for it is dropped. */
  close(): void {
    this.#closed = true
    this.#answers = []
  }

  async #call(id: number, request: Uint8Array, signature: Uint8Array | null): Promise<void> {
    let answer: Answer
    try {
      answer = { id, recorded: await this.#options.service.submit(request, signature) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      answer = { id, request, refusal: error }
    }
    this.#answers.push(answer)
    await this.#flush()
  }

  #refuse(id: number, request: Uint8Array, refusal: Refusal): void {
    const { crypto, service, refusalKey } = this.#options
    const { length, treeHash } = service.ledger.head
    const claim = {
      requestId: requestId(crypto, request),
      code: refusal.code,
      head: { length, treeHash },
    }
    const signature = signRefusal(crypto, claim, refusalKey)
    this.#send([
      'refused',
      id,
      {
        code: refusal.code,
        message: refusal.message.slice(0, EXPLANATION),
        length,
        treeHash,
        signature,
      },
    ])
  }

  async #entry(id: number, index: number): Promise<void> {
    const { ledger } = this.#options.service
    if (index >= ledger.length)
      return this.#fault(id, `there is no entry ${index}: the ledger has ${ledger.length}`)
    this.#send(['entry', id, await ledger.get(index)])
  }

  async #consistency(id: number, from: number, to: number): Promise<void> {
    const { ledger } = this.#options.service
    if (from > to || to > ledger.length)
      return this.#fault(
        id,
        `there is no stretch from ${from} to ${to}: the ledger has ${ledger.length} entries`,
      )
    this.#send(['consistency', id, await ledger.consistency(from, to)])
  }

  #fault(id: number, message: string): void {
    this.#send(['error', id, { code: 'ERR_VMS_NOT_FOUND', message }])
  }

  /**
   * Sends what was answered since, after the newest head: one flush at a time keeps heads and answers in order. A refusal
   * follows a head too, so that a client whose head was refused can sign under a newer one at once.
   */
  async #flush(): Promise<void> {
    if (this.#flushing) return
    this.#flushing = true
    try {
      while (this.#answers.length > 0) {
        const answers = this.#answers
        this.#answers = []
        await this.#tell()
        for (const answer of answers) {
          if ('refusal' in answer) this.#refuse(answer.id, answer.request, answer.refusal)
          else await this.#reply(answer.id, answer.recorded)
        }
      }
    } finally {
      this.#flushing = false
    }
  }

  /** Brings the client up to the newest durable head. */
  async #tell(): Promise<void> {
    const { ledger } = this.#options.service
    const { head } = ledger
    if (head.length === this.#told.length) return
    const from = this.#told.length
    const nodes = await ledger.consistency(from, head.length)
    this.#from = from
    this.#told = head
    this.#send(['head', { from, length: head.length, nodes, signature: head.signature }])
  }

  async #reply(id: number, { index, entry }: Recorded): Promise<void> {
    const { length } = this.#told
    const path = await this.#options.service.ledger.path(
      index,
      coveringNode(index, this.#from, length),
    )
    const { time, root, files, outcomes } = entry
    this.#send(['reply', id, { index, length, time, root, files, outcomes, path }])
  }

  #send(frame: HostFrame): void {
    if (this.#closed) return
    const { socket, limits } = this.#options
    socket.send(encodeFrame(frame))
    if (socket.waiting > limits.sendBytes) socket.close('the peer does not read')
  }
}
