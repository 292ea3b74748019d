/** A connection with nothing between the test and the wire: whatever bytes the test makes are sent. */
import {
  encodeRequest,
  encodeValue,
  type KeyPair,
  type Request,
  signRequest,
  TreeRoots,
} from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import {
  decodeHostFrame,
  encodeClientFrame,
  type Hello,
  type HostFrame,
  RPC_PROTOCOL,
} from '@vms/rpc'
import { onTestFinished } from 'vitest'

export class Wire {
  #socket: WebSocket
  #frames: HostFrame[] = []
  #wake: () => void = () => {}
  closed: { code: number; reason: string } | null = null
  hello!: Hello
  readonly keys: KeyPair = sodiumCrypto.keyPair()
  #id = 0
  #genesis: Uint8Array | null = null

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.binaryType = 'arraybuffer'
    socket.onmessage = ({ data }) => {
      this.#frames.push(decodeHostFrame(new Uint8Array(data)))
      this.#wake()
    }
    socket.onclose = ({ code, reason }) => {
      this.closed = { code, reason }
      this.#wake()
    }
  }

  static async open(host: { readonly url: string }): Promise<Wire> {
    const wire = new Wire(new WebSocket(host.url, [RPC_PROTOCOL]))
    onTestFinished(() => wire.#socket.close())
    const first = await wire.next()
    if (first?.[0] !== 'hello') throw new Error(`the first frame is ${first?.[0]}`)
    wire.hello = first[1]
    return wire
  }

  /** The next frame; null once the connection is closed. */
  async next(): Promise<HostFrame | null> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame) return frame
      if (this.closed) return null
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  send(bytes: Uint8Array | string): void {
    this.#socket.send(bytes as Uint8Array<ArrayBuffer>)
  }

  /** A request that the host would take, but for what `changes` says. */
  request(
    calls: readonly (readonly [string, readonly unknown[]])[],
    changes: Partial<Request> = {},
  ): Uint8Array {
    const { ledger, head } = this.hello
    const roots = new TreeRoots(sodiumCrypto, head.roots)
    return encodeRequest({
      version: 1,
      ledger,
      caller: this.keys.publicKey,
      head: { length: head.length, treeHash: roots.hash() },
      expires: Date.now() + 60_000,
      nonce: sodiumCrypto.randomBytes(16),
      calls: calls.map(([method, args]) => [method, encodeValue(args)]),
      ...changes,
    })
  }

  /** Block 0, as the host gives it; heads that come before are passed over. */
  async genesis(): Promise<Uint8Array> {
    if (this.#genesis) return this.#genesis
    this.#id += 1
    this.send(encodeClientFrame(['entry', this.#id, 0]))
    for (;;) {
      const frame = await this.next()
      if (frame?.[0] === 'head') continue
      if (frame?.[0] !== 'entry') throw new Error(`asked for block 0, got ${frame?.[0]}`)
      this.#genesis = frame[2]
      return frame[2]
    }
  }

  sign(request: Uint8Array): Uint8Array {
    return signRequest(sodiumCrypto, request, this.keys.secretKey)
  }

  /** Sends a request and returns the answer to it; heads that come before are passed over. */
  async call(
    request: Uint8Array,
    signature: Uint8Array | null = this.sign(request),
  ): Promise<HostFrame | null> {
    this.#id += 1
    this.send(encodeClientFrame(['call', this.#id, request, signature]))
    for (;;) {
      const frame = await this.next()
      if (frame?.[0] !== 'head') return frame
    }
  }
}
