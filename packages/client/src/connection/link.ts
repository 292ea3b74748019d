/**
 * A link: the protocol on one connection. It knows which frame may come when, and which answer belongs to which question. It moves the
 * verified head forward with the host's frames. It ends at the first error.
 */
import type { SignedHead, TreeNode } from '@vms/format'
import {
  type ClientFrame,
  type CoreName,
  type decodeHostFrame,
  encodeClientFrame,
  type HeadAdvance,
  type HeadTracker,
  type Hello,
  type HostFrame,
  type ProvenBlocks,
  RpcError,
  type Transport,
  type TransportListener,
} from '@vms/rpc'
import {
  type VerificationEvidence,
  VmsConnectionError,
  type VmsError,
  VmsProtocolError,
  VmsVerificationError,
} from '../errors/errors.ts'
import { verifyingLater } from '../errors/verifying.ts'
import type { ClientCrypto } from '../platform/platform.ts'
import type { ClientPorts } from '../platform/ports.ts'
import type { checkLedger } from './service-info.ts'

/** The frames that answer a request. */
export type Answer = Extract<HostFrame, readonly ['reply' | 'refused' | 'error', ...unknown[]]>

/** A hello whose ledger and head the link has checked. */
export interface Greeting {
  readonly hello: Hello
  readonly tracker: HeadTracker
  /** The head of the hello; the tracker moves on. */
  readonly head: SignedHead
  /** How far the host's clock is ahead of ours in milliseconds, less the time that the hello took. */
  readonly hostAheadMs: number
}

/** The part of `verifier.ts` that a link uses. */
export interface LinkVerifier {
  readonly crypto: ClientCrypto
  readonly checkLedger: typeof checkLedger
  readonly decodeHostFrame: typeof decodeHostFrame
  readonly HeadTracker: typeof HeadTracker
}

export interface LinkOptions {
  readonly ports: ClientPorts
  /** The verifier. It may be loaded after the first message has come. */
  readonly verifier: Promise<LinkVerifier>
  /** Key that the ledger must have; null accepts any. */
  readonly expected: Uint8Array | null
  /** Called with each answer to a request; the next frame waits until it is done. A rejection ends the link with its error. */
  readonly onAnswer: (id: number, answer: Answer) => Promise<void>
  /** Called after each verified head, except the hello's. */
  readonly onHead: () => void
  /** Called once, when the link has ended. */
  readonly onEnd: (error: VmsError) => void
}

export class Link implements TransportListener {
  #options: LinkOptions
  #transport: Transport | null = null
  #greeting = Promise.withResolvers<Greeting>()
  #greeted: Greeting | null = null
  #asked = new Map<number, PromiseWithResolvers<HostFrame>>()
  #lastId = 0
  #heardAt: number
  #ended: VmsError | null = null
  /** Messages that arrived during a check. The link handles heads and replies in the order of their arrival. */
  #inbox: Uint8Array[] = []
  #reading = false
  /** The last message read. */
  #message: Uint8Array | undefined
  /** How the connection ended, once it has. The link reads earlier messages first. */
  #closed: VmsError | null = null

  constructor(options: LinkOptions) {
    this.#options = options
    this.#heardAt = options.ports.now()
    // The link may end before the session awaits the greeting.
    this.#greeting.promise.catch(() => {})
  }

  /** Starts on an open connection. Messages may have arrived before. */
  start(transport: Transport): void {
    this.#transport = transport
    if (this.#ended) transport.close()
  }

  /** The error that ended the link; null while it is open. */
  get ended(): VmsError | null {
    return this.#ended
  }

  /** When the last message of the host arrived, in milliseconds since the epoch. */
  get heardAt(): number {
    return this.#heardAt
  }

  /** Resolves with the checked hello. Rejects if the hello is invalid. */
  get greeting(): Promise<Greeting> {
    return this.#greeting.promise
  }

  /** Asks for the bytes of an entry, which prove nothing by themselves. */
  async entry(index: number): Promise<Uint8Array> {
    const answer = await this.#ask((id) => ['entry', id, index])
    if (answer[0] !== 'entry') throw unexpected(answer)
    return answer[2]
  }

  /** Asks for the subtrees that lead from one length to another. */
  async consistency(from: number, to: number): Promise<readonly TreeNode[]> {
    const answer = await this.#ask((id) => ['consistency', id, from, to])
    if (answer[0] !== 'consistency') throw unexpected(answer)
    return answer[2]
  }

  /** Asks for blocks of a core, which prove nothing before they are checked. */
  async blocks(
    core: CoreName,
    [start, end]: readonly [start: number, end: number],
    length: number,
  ): Promise<ProvenBlocks> {
    const answer = await this.#ask((id) => ['blocks', id, core, start, end, length])
    if (answer[0] !== 'blocks') throw unexpected(answer)
    return answer[2]
  }

  /** Asks the host to send each new head. */
  follow(): void {
    this.#send(['follow'])
  }

  /** Sends a request and returns the number with which its answer will come. */
  call(request: Uint8Array, signature: Uint8Array | null): number {
    const id = ++this.#lastId
    this.#send(['call', id, request, signature])
    return id
  }

  /** Ends the link. Safe to call again. */
  end(error: VmsError): void {
    if (this.#ended) return
    this.#ended = error
    if (error instanceof VmsVerificationError)
      error.evidence = { ...this.#known(), ...error.evidence }
    this.#transport?.close()
    this.#greeting.reject(error)
    for (const { reject } of this.#asked.values()) reject(error)
    this.#asked.clear()
    this.#options.onEnd(error)
  }

  /** The evidence that every accusation needs. */
  #known(): VerificationEvidence {
    const { hello, tracker } = this.#greeted ?? {}
    return { manifest: hello?.manifest, held: tracker?.head, message: this.#message }
  }

  onMessage(message: Uint8Array): void {
    if (this.#ended) return
    this.#heardAt = this.#options.ports.now()
    this.#inbox.push(message)
    if (!this.#reading) void this.#read()
  }

  async #read(): Promise<void> {
    this.#reading = true
    try {
      const { decodeHostFrame } = await this.#options.verifier
      for (let next = this.#inbox.shift(); next && !this.#ended; next = this.#inbox.shift()) {
        this.#message = next
        await this.#handle(decodeHostFrame(next))
      }
    } catch (error) {
      this.end(error instanceof RpcError ? broken(error) : (error as VmsError))
    }
    this.#reading = false
    if (this.#closed) this.end(this.#closed)
  }

  onClose(error: RpcError | null): void {
    const message = error?.message ?? 'the host closed the connection'
    const isFrame = error?.code === 'ERR_VMS_BAD_FRAME'
    this.#closed = isFrame
      ? broken(error)
      : new VmsConnectionError('ERR_VMS_CONNECTION_LOST', message, { cause: error ?? undefined })
    if (!this.#reading) this.end(this.#closed)
  }

  async #handle(frame: HostFrame): Promise<void> {
    if (!this.#greeted && frame[0] !== 'hello' && frame[0] !== 'error') throw unexpected(frame)
    switch (frame[0]) {
      case 'hello':
        await this.#greet(frame[1])
        break
      case 'error':
        await this.#report(frame)
        break
      case 'head':
        await this.#advance(frame[1])
        break
      case 'entry':
      case 'consistency':
      case 'blocks':
        this.#take(frame[1], frame).resolve(frame)
        break
      case 'reply':
      case 'refused':
        await this.#options.onAnswer(frame[1], frame)
        break
      default:
        frame satisfies never
    }
  }

  async #greet(hello: Hello): Promise<void> {
    const { ports, expected } = this.#options
    if (this.#greeted) throw unexpected(['hello', hello])
    const hostAheadMs = hello.time - ports.now()
    const { checkLedger, crypto, HeadTracker } = await this.#options.verifier
    checkLedger(crypto, hello, expected)
    const { ledger, manifest } = hello
    const tracker = await verifyingLater('head', { manifest, frame: hello }, () =>
      HeadTracker.open(crypto, { key: ledger, manifest }, hello.head),
    )
    this.#greeted = { hello, tracker, head: tracker.head, hostAheadMs }
    this.#greeting.resolve(this.#greeted)
  }

  async #advance(advance: HeadAdvance): Promise<void> {
    const { hello, tracker } = this.#greeted as Greeting
    const evidence = { manifest: hello.manifest, held: tracker.head, frame: advance }
    await verifyingLater('head', evidence, () => tracker.advance(advance))
    this.#options.onHead()
  }

  async #report(frame: Extract<HostFrame, readonly ['error', ...unknown[]]>): Promise<void> {
    const [, id, { code, message }] = frame
    const error = new VmsProtocolError(code, `the host says: ${message}`)
    if (id === null) throw error
    if (this.#asked.has(id)) this.#take(id, frame).reject(error)
    else await this.#options.onAnswer(id, frame)
  }

  async #ask(frame: (id: number) => ClientFrame): Promise<HostFrame> {
    if (this.#ended) throw this.#ended
    const id = ++this.#lastId
    const answer = Promise.withResolvers<HostFrame>()
    this.#asked.set(id, answer)
    this.#send(frame(id))
    return answer.promise
  }

  #take(id: number, frame: HostFrame): PromiseWithResolvers<HostFrame> {
    const asked = this.#asked.get(id)
    if (!asked) throw unexpected(frame)
    this.#asked.delete(id)
    return asked
  }

  #send(frame: ClientFrame): void {
    this.#transport?.send(encodeClientFrame(frame))
  }
}

const broken = (error: RpcError): VmsProtocolError =>
  new VmsProtocolError(error.code, error.message, { cause: error })

/** The error for a frame out of turn, or for an answer without a question. */
export const unexpected = (frame: HostFrame): VmsProtocolError =>
  new VmsProtocolError(
    'ERR_VMS_PROTOCOL',
    `the host sent a ${frame[0]} frame that nothing asked for`,
  )
