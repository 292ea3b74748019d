/**
 * A host in memory: speaks the protocol honestly over a {@link FakeLedger}, executes one script of a few methods, and lets
 * a test alter, hold back or drop what it sends. The client under test cannot tell it from a real one.
 */
import {
  decodeRequest,
  decodeValue,
  encodeEntry,
  encodeValue,
  type Outcome,
  type Request,
  requestId,
  signRefusal,
  tailOf,
  toHex,
  type Value,
} from '@vms/format'
import { sodiumCrypto as crypto } from '@vms/format/sodium'
import {
  type ClientFrame,
  coveringNode,
  decodeClientFrame,
  encodeHostFrame,
  type HostFrame,
  type OpenTransport,
  type RefusalCode,
  RpcError,
  TransportError,
  type TransportListener,
} from '@vms/rpc'
import { FakeLedger } from './fake-ledger.ts'

type Method = (...args: never[]) => Value | Promise<Value>

/** An abort, thrown by a method. */
class Abort {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** The methods of the fake script. */
const methods: Readonly<Record<string, Method>> = {
  echo: (value: Value) => value,
  add: (a: number, b: number) => a + b,
  fail: (message: string) => {
    throw Object.assign(new RangeError(message), { code: 'EFAIL' })
  },
  burst: () => {
    throw new Abort('fuel')
  },
}

/** What a test may do to a frame before it is sent: replace it, drop it (null), or send bytes instead. */
export type Tamper = (frame: HostFrame, connection: FakeConnection) => HostFrame | Uint8Array | null

export class FakeHost {
  ledger: FakeLedger
  /** Frames that clients sent, over all connections. */
  readonly received: ClientFrame[] = []
  readonly connections: FakeConnection[] = []
  /** Requests in the order in which they were executed. */
  readonly executed: Request[] = []
  tamper: Tamper = (frame) => frame
  /** A refusal instead of the execution, or null. */
  refuse: (request: Request, sending: number) => RefusalCode | null = () => null
  /** Whether it says to remember everything that could be a request that it refuses. */
  covers = true
  /** What refusals say otherwise, and sign. */
  misstate: () => { readonly length?: number; readonly treeHash?: Uint8Array } = () => ({})
  /** Whether it executes what it refuses. */
  executesRefused = false
  /** Outcomes instead of the honest ones. */
  outcomes: (request: Request) => Outcome[] = run
  /** Nobody listens while this is false. */
  listening = true
  /** Requests wait until {@link release} while this is true. */
  holding = false
  #held: (() => void)[] = []
  readonly sendings = new Map<string, number>()
  readonly recorded = new Map<string, number>()

  constructor(ledger = new FakeLedger()) {
    this.ledger = ledger
  }

  readonly open: OpenTransport = async (url, listener, signal) => {
    signal.throwIfAborted()
    if (!this.listening) throw new TransportError(url, `cannot connect to ${url}`)
    const connection = new FakeConnection(this, listener)
    this.connections.push(connection)
    connection.greet()
    return { send: (bytes) => connection.receive(bytes), close: () => connection.end(null) }
  }

  get connection(): FakeConnection {
    return this.connections.at(-1) as FakeConnection
  }

  /** Requests that were sent, decoded. */
  get requests(): Request[] {
    return this.received.flatMap((frame) => (frame[0] === 'call' ? [decodeRequest(frame[2])] : []))
  }

  /** Executes what waits. */
  release(): void {
    this.holding = false
    for (const go of this.#held.splice(0)) go()
  }

  whenReleased(go: () => void): void {
    if (this.holding) this.#held.push(go)
    else queueMicrotask(go)
  }

  /** All connections break. */
  drop(): void {
    for (const connection of this.connections)
      connection.end(new RpcError('ERR_VMS_CONNECTION_LOST', 'the connection broke'))
  }
}

export class FakeConnection {
  readonly #host: FakeHost
  readonly #listener: TransportListener
  #ended = false
  #told: number
  #from: number

  constructor(host: FakeHost, listener: TransportListener) {
    this.#host = host
    this.#listener = listener
    this.#told = host.ledger.length
    this.#from = this.#told
  }

  get ended(): boolean {
    return this.#ended
  }

  greet(): void {
    const { ledger } = this.#host
    const { head, genesis, key, manifest } = ledger
    const { requestBytes, requestCalls } = genesis.limits
    this.send([
      'hello',
      {
        ledger: key,
        manifest,
        methods: Object.keys(methods),
        authentication: genesis.authentication,
        limits: { requestBytes, requestCalls, requestLifetimeMs: 600_000 },
        time: Date.now(),
        head: {
          length: head.length,
          roots: ledger.subtrees(0, head.length),
          signature: head.signature,
        },
      },
    ])
  }

  /** Sends a frame as the test has it. */
  send(honest: HostFrame): void {
    const frame = this.#host.tamper(honest, this)
    if (frame === null || this.#ended) return
    this.#listener.onMessage(frame instanceof Uint8Array ? frame : encodeHostFrame(frame))
  }

  end(error: RpcError | null): void {
    if (this.#ended) return
    this.#ended = true
    queueMicrotask(() => this.#listener.onClose(error))
  }

  receive(bytes: Uint8Array): void {
    if (this.#ended) return
    const frame = decodeClientFrame(bytes)
    this.#host.received.push(frame)
    const { ledger } = this.#host
    switch (frame[0]) {
      case 'call':
        this.#host.whenReleased(() => this.#call(frame[1], frame[2], frame[3]))
        break
      case 'entry':
        queueMicrotask(() =>
          this.send(['entry', frame[1], ledger.entries[frame[2]]?.bytes as Uint8Array]),
        )
        break
      case 'consistency':
        queueMicrotask(() =>
          this.send(['consistency', frame[1], ledger.subtrees(frame[2], frame[3])]),
        )
        break
      case 'blocks':
      case 'follow':
        throw new Error(`the fake host does not know ${frame[0]}`)
      default:
        frame satisfies never
    }
  }

  #call(id: number, bytes: Uint8Array, signature: Uint8Array | null): void {
    if (this.#ended) return
    const host = this.#host
    const request = decodeRequest(bytes)
    const name = toHex(requestId(crypto, bytes))
    const sending = (host.sendings.get(name) ?? 0) + 1
    host.sendings.set(name, sending)
    const code = host.refuse(request, sending)
    const index =
      host.recorded.get(name) ??
      (code === null || host.executesRefused
        ? this.#execute(name, request, bytes, signature)
        : null)
    if (index === null || code !== null) this.refuse(id, bytes, code as RefusalCode)
    else this.reply(id, index)
  }

  #execute(
    name: string,
    request: Request,
    bytes: Uint8Array,
    signature: Uint8Array | null,
  ): number {
    const host = this.#host
    const index = host.ledger.length
    const outcomes = host.outcomes(request)
    host.executed.push(request)
    host.ledger.commit([
      {
        type: 'calls',
        request: bytes,
        signature,
        time: Date.now(),
        outcomes,
        root: null,
        files: null,
      },
    ])
    host.recorded.set(name, index)
    return index
  }

  refuse(id: number, bytes: Uint8Array, code: RefusalCode): void {
    this.tell()
    const { key, keys, head } = this.#host.ledger
    const { length, treeHash } = { ...head, ...this.#host.misstate() }
    const said = { code, covers: this.#host.covers, length, treeHash, time: Date.now() }
    const claim = { ledger: key, requestId: requestId(crypto, bytes), ...said }
    const signature = signRefusal(crypto, claim, keys.refusal.secretKey)
    const { covers, time } = said
    const message = `no: ${code}`
    this.send(['refused', id, { code, message, covers, length, treeHash, time, signature }])
  }

  /** Tells the newest head, if the client has not heard of it. */
  tell(): void {
    const { ledger } = this.#host
    const { length, signature } = ledger.head
    if (length === this.#told) return
    this.#from = this.#told
    this.#told = length
    this.send([
      'head',
      { from: this.#from, length, nodes: ledger.subtrees(this.#from, length), signature },
    ])
  }

  reply(id: number, index: number): void {
    this.tell()
    const { ledger } = this.#host
    const length = this.#told
    const path = ledger.path(index, coveringNode(index, this.#from, length))
    const tail = tailOf(encodeEntry(ledger.call(index)))
    this.send(['reply', id, { index, length, tail, path }])
  }
}

const nothing = { value: null, error: null, abort: null, changes: null, oracles: [], fuel: 0 }

/** What the calls of a request come to. */
export function run(request: Request): Outcome[] {
  let over = false
  return request.calls.map(([name, args]): Outcome => {
    if (over) return { status: 'skipped', ...nothing }
    try {
      const value = methods[name]?.(...(decodeValue(args) as never[]))
      return { status: 'returned', ...nothing, value: encodeValue(value as Value) }
    } catch (error) {
      if (error instanceof Abort) {
        over = true
        return { status: 'aborted', ...nothing, abort: error.reason }
      }
      const { name: kind, message, code } = error as Error & { code?: string }
      return { status: 'thrown', ...nothing, error: { name: kind, message, code: code ?? null } }
    }
  })
}
