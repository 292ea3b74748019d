/** Frames between the parent and its child, asynchronous: the other end of child/pipe.ts. */
import type { Duplex } from 'node:stream'
import { frameBytes } from './limits.ts'
import { type FromChild, frameHeaderBytes, packFrame, type ToChild, unpackMessage } from './wire.ts'

export class Channel {
  readonly #input: Duplex
  #parts: Buffer[] = []
  #gathered = 0
  /** Bytes of the frame that is being gathered, header included; null until the header is there. */
  #wanted: number | null = null
  #putOff: ToChild | null = null

  /** `onProtocolError` is told when the child says something that cannot be understood; nothing is read after that. */
  constructor(
    input: Duplex,
    output: Duplex,
    onMessage: (message: FromChild) => void,
    onProtocolError: (message: string) => void,
  ) {
    this.#input = input
    // A broken pipe shows as the end of the child, which is reported with its reason elsewhere.
    input.on('error', () => {})
    output.on('error', () => {})
    output.on('data', (chunk: Buffer) => {
      this.#parts.push(chunk)
      this.#gathered += chunk.byteLength
      try {
        for (let body = this.#next(); body !== null; body = this.#next())
          onMessage(unpackMessage<FromChild>(body))
      } catch (error) {
        output.removeAllListeners('data')
        onProtocolError((error as Error).message)
      }
    })
  }

  /** What was put off goes before it, with the same write. */
  write(message: ToChild): void {
    const frame = frameOf(message)
    this.#input.cork()
    if (this.#putOff !== null) this.#input.write(frameOf(this.#putOff))
    this.#putOff = null
    this.#input.write(frame)
    this.#input.uncork()
  }

  /** Says something with the next message, in place of what was put off before: it is not worth waking the child for. */
  putOff(message: ToChild): void {
    this.#putOff = message
  }

  /** Body of the next whole frame. */
  #next(): Buffer | null {
    if (this.#wanted === null) {
      if (this.#gathered < frameHeaderBytes) return null
      const length = this.#join().readUInt32LE(0)
      if (length > frameBytes)
        throw new RangeError(`a frame of ${length} bytes is over the limit of ${frameBytes}`)
      this.#wanted = frameHeaderBytes + length
    }
    if (this.#gathered < this.#wanted) return null
    const bytes = this.#join()
    const body = bytes.subarray(frameHeaderBytes, this.#wanted)
    this.#parts = [bytes.subarray(this.#wanted)]
    this.#gathered -= this.#wanted
    this.#wanted = null
    return body
  }

  #join(): Buffer {
    if (this.#parts.length !== 1) this.#parts = [Buffer.concat(this.#parts, this.#gathered)]
    return this.#parts[0] as Buffer
  }
}

function frameOf(message: ToChild): Buffer {
  const frame = packFrame(message)
  if (frame === null) throw new RangeError(`a message is over the limit of ${frameBytes} bytes`)
  return frame
}
