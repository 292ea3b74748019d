/** A proxy for TCP that is bad in a way that a test says: it cuts connections, is slow, or falls silent. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

export interface Badness {
  /** Bytes of the answer after which a connection is cut. */
  readonly cutAfter?: number
  /** Bytes of the answer after which a connection stays open and carries nothing more. */
  readonly silentAfter?: number
  /** Bytes of the answer in a second. */
  readonly bytesPerSecond?: number
}

/** Parts of a second in which a slow proxy hands on what it may. */
const TICKS = 20

export class TcpProxy {
  /** Port of the host behind it; a host that restarts has another. */
  port: number
  /** Connections so far, and the bytes that hosts have answered on them. */
  connections = 0
  carried = 0
  #bad: Badness
  #server: Server
  #open = new Set<Socket>()

  private constructor(port: number, bad: Badness) {
    this.port = port
    this.#bad = bad
    this.#server = createServer((near) => this.#carry(near))
  }

  /** Starts one; it ends with the test. */
  static async start(port: number, bad: Badness = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(port, bad)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => proxy.close())
    return proxy
  }

  /** Address of the proxy, as the command line takes it. */
  get address(): string {
    return `localhost:${(this.#server.address() as { port: number }).port}`
  }

  /** From now on, for connections that are made later. */
  become(bad: Badness): void {
    this.#bad = bad
  }

  /** Cuts every connection. */
  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }

  close(): void {
    this.#server.close()
    this.cut()
  }

  #carry(near: Socket): void {
    this.connections += 1
    const far = connect(this.port, '127.0.0.1')
    for (const socket of [near, far]) {
      this.#open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#open.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    near.pipe(far)
    far.pipe(this.#worsened(near)).pipe(near)
  }

  #worsened(near: Socket): Transform {
    const { cutAfter = Infinity, silentAfter = Infinity, bytesPerSecond = Infinity } = this.#bad
    const most = bytesPerSecond === Infinity ? Infinity : Math.ceil(bytesPerSecond / TICKS)
    let bytes = 0
    const hand = async (into: Transform, chunk: Buffer): Promise<void> => {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, Math.min(chunk.length, at + most))
        at += part.length
        bytes += part.length
        this.carried += part.length
        if (bytes > silentAfter) await new Promise(() => {})
        into.push(part)
        if (bytes > cutAfter) near.destroy()
        if (most !== Infinity) await sleep(1_000 / TICKS)
      }
    }
    return new Transform({
      transform(chunk, _, done) {
        hand(this, chunk).then(() => done(), done)
      },
    })
  }
}
