/**
 * Synchronous frames over two file descriptors. The child's event loop does not run while the child works. So a question to the parent is a
 * blocking write and a blocking read.
 */
import fs from 'node:fs'
import { frameBytes } from '../protocol/limits.ts'
import {
  type FromChild,
  frameHeaderBytes,
  packFrame,
  type ToChild,
  unpackMessage,
} from '../protocol/wire.ts'

/** Bytes of one read. */
const readBytes = 64 * 1024
/** Bytes of messages that the child queues before it writes them. */
const writeBytes = 64 * 1024
/** Milliseconds to sleep when a non-blocking descriptor has no data or no room. */
const retryMs = 1

export class Pipe {
  readonly #input: number
  readonly #output: number
  #buffer = Buffer.allocUnsafe(readBytes)
  #start = 0
  #end = 0
  #waiting: Buffer[] = []
  #waitingBytes = 0

  constructor(input: number, output: number) {
    this.#input = input
    this.#output = output
  }

  /** The next message; null if the parent is gone. */
  read(): ToChild | null {
    if (!this.#fill(frameHeaderBytes)) return null
    const length = this.#buffer.readUInt32LE(this.#start)
    if (length > frameBytes) return null
    this.#start += frameHeaderBytes
    if (!this.#fill(length)) return null
    // A copy, because a kept message must not share memory with the next one.
    const body = Buffer.from(this.#buffer.subarray(this.#start, this.#start + length))
    this.#start += length
    return unpackMessage<ToChild>(body)
  }

  /** Queues a message until the next `flush`, or until enough bytes are queued. Returns false if the message is too large to send. */
  write(message: FromChild): boolean {
    const frame = packFrame(message)
    if (frame === null) return false
    this.#waiting.push(frame)
    this.#waitingBytes += frame.byteLength
    if (this.#waitingBytes >= writeBytes) this.flush()
    return true
  }

  flush(): void {
    if (this.#waitingBytes === 0) return
    const [first] = this.#waiting
    const bytes =
      this.#waiting.length === 1
        ? (first as Buffer)
        : Buffer.concat(this.#waiting, this.#waitingBytes)
    this.#waiting = []
    this.#waitingBytes = 0
    for (let at = 0; at < bytes.byteLength; ) {
      at += patiently(() => fs.writeSync(this.#output, bytes, at))
    }
  }

  /** Reads until `length` bytes are available from `#start`. */
  #fill(length: number): boolean {
    if (this.#end - this.#start >= length) return true
    if (this.#start + length > this.#buffer.byteLength) {
      const room = Buffer.allocUnsafe(Math.max(length, readBytes))
      this.#buffer.copy(room, 0, this.#start, this.#end)
      this.#buffer = room
      this.#end -= this.#start
      this.#start = 0
    }
    while (this.#end - this.#start < length) {
      const room = this.#buffer.byteLength - this.#end
      const got = patiently(() => fs.readSync(this.#input, this.#buffer, this.#end, room, null))
      if (got === 0) return false
      this.#end += got
    }
    return true
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4))

function patiently(attempt: () => number): number {
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(sleeper, 0, 0, retryMs)
    }
  }
}
