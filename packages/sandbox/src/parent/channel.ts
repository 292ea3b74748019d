/** Asynchronous frames between the parent and its child. child/pipe.ts is the other end. */
import type { Duplex } from 'node:stream'
import { checkFrame } from '../protocol/frame-check.ts'
import { frameBytes } from '../protocol/limits.ts'
import {
  type FromChild,
  frameHeaderBytes,
  packFrame,
  type ToChild,
  unpackMessage,
} from '../protocol/wire.ts'

export class Channel {
  readonly #input: Duplex
  readonly #roomFor: (word: string) => number
  #parts: Buffer[] = []
  #gathered = 0
  /** Bytes of the frame that is arriving, header included; null until the header has arrived. */
  #wanted: number | null = null
  #putOff: ToChild | null = null

  /** On a message that breaks the protocol, the channel calls `onProtocolError` and reads nothing after it. */
  constructor(
    input: Duplex,
    output: Duplex,
    /**
     * Bytes that a frame with a message of this kind may have now; 0 if none may come. The channel asks before the whole frame has arrived.
     */
    roomFor: (word: string) => number,
    onMessage: (message: FromChild) => void,
    onProtocolError: (message: string) => void,
  ) {
    this.#roomFor = roomFor
    this.#input = input
    // A broken pipe means that the child has ended. The link reports the end and its reason.
    input.on('error', () => {})
    output.on('error', () => {})
    output.on('data', (chunk: Buffer) => {
      this.#parts.push(chunk)
      this.#gathered += chunk.byteLength
      try {
        for (let body = this.#next(); body !== null; body = this.#next()) onMessage(decode(body))
      } catch (error) {
        output.removeAllListeners('data')
        onProtocolError((error as Error).message)
      }
    })
  }

  /** Sends postponed messages first, with the same write. */
  write(message: ToChild): void {
    const frame = frameOf(message)
    this.#input.cork()
    if (this.#putOff !== null) this.#input.write(frameOf(this.#putOff))
    this.#putOff = null
    this.#input.write(frame)
    this.#input.uncork()
  }

  /** Postpones a message until the next write, because it is not worth waking the child for. It replaces an earlier postponed message. */
  putOff(message: ToChild): void {
    this.#putOff = message
  }

  /** Body of the next whole frame. */
  #next(): Buffer | null {
    if (this.#wanted === null) {
      if (this.#gathered < frameHeaderBytes) return null
      const start = this.#join()
      const length = start.readUInt32LE(0)
      const seen = start.subarray(frameHeaderBytes, frameHeaderBytes + length)
      const word = wordOf(seen)
      // The first bytes of a frame name its kind; a frame of a few bytes is complete by then.
      if (word === null && seen.byteLength < Math.min(length, wordBytes)) return null
      const room = word === null ? 0 : this.#roomFor(word)
      if (room === 0)
        throw new TypeError(`${word === null ? 'a message' : word} is not allowed now`)
      if (length > room) throw new RangeError(`${word} has ${length} bytes, the limit is ${room}`)
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

/** Bytes that hold the kind of a message: the array's header, and a short text. */
const wordBytes = 2 + 31

/** Kind of the message that a frame begins with; null if it has not arrived yet, or is missing. */
function wordOf(body: Buffer): string | null {
  const [array = 0, header = 0] = body
  const length = header & 0x1f
  const isMessage = array >= 0x91 && array <= 0x9f && header >= 0xa1 && header <= 0xbf
  return isMessage && body.byteLength >= 2 + length ? body.toString('latin1', 2, 2 + length) : null
}

/** @throws TypeError */
function decode(body: Buffer): FromChild {
  checkFrame(body)
  return unpackMessage<FromChild>(body)
}

function frameOf(message: ToChild): Buffer {
  const frame = packFrame(message)
  if (frame === null) throw new RangeError(`a message is over the limit of ${frameBytes} bytes`)
  return frame
}
