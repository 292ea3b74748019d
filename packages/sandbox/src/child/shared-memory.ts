/** The memory that host and isolate share; runtime/core/bridge.js describes its layout. */
import { sharedBytes } from '../protocol/limits.ts'

const bytesOffset = 128
const doublesOffset = 64

const statusWord = 0
const lengthWord = 1
const timersWord = 2
const leftWord = 3
const seedWord = 8
const timeDouble = 0
const sizeDouble = 1
const mtimeDouble = 2
const positionDouble = 3

export const callStatus = { running: 0, returned: 1, thrown: 2 } as const

export class SharedMemory {
  buffer = new SharedArrayBuffer(bytesOffset + sharedBytes)
  #words = new Int32Array(this.buffer, 0, 16)
  #doubles = new Float64Array(this.buffer, doublesOffset, 8)
  #bytes = new Uint8Array(this.buffer, bytesOffset)
  readonly #share: (buffer: SharedArrayBuffer) => void

  /** `share` passes a larger memory to the isolate. */
  constructor(share: (buffer: SharedArrayBuffer) => void) {
    this.#share = share
  }

  get status(): number {
    return this.#words[statusWord] as number
  }

  set status(status: number) {
    this.#words[statusWord] = status
  }

  /** Whether the last entry point has ended. */
  get hasLeft(): boolean {
    return this.#words[leftWord] === 1
  }

  enter(): void {
    this.#words[leftWord] = 0
  }

  /** Whether a timer of the current call is pending. */
  get hasTimers(): boolean {
    return this.#words[timersWord] !== 0
  }

  /** A copy of the encoded value that a call returned. */
  takeResult(): Uint8Array {
    return this.takeBytes(this.#words[lengthWord] as number)
  }

  takeBytes(length: number): Uint8Array {
    return this.#bytes.slice(0, length)
  }

  /** Writes the bytes if there is room. Returns whether there was. */
  tryPutBytes(bytes: Uint8Array): boolean {
    if (bytes.byteLength > this.#bytes.byteLength) return false
    this.#bytes.set(bytes)
    return true
  }

  putBytes(bytes: Uint8Array): void {
    if (this.tryPutBytes(bytes)) return
    this.#share(this.grow(bytes.byteLength))
    this.#bytes.set(bytes)
  }

  putMoment(time: number, seed: Uint8Array, position: number): void {
    this.#doubles[timeDouble] = time
    this.#doubles[positionDouble] = position
    for (let i = 0; i < 8; i++) this.#words[seedWord + i] = wordAt(seed, 4 * i)
  }

  putStat(size: number, mtime: number): void {
    this.#doubles[sizeDouble] = size
    this.#doubles[mtimeDouble] = mtime
  }

  /** Allocates larger memory in place of this one, and copies words and doubles. */
  grow(bytes: number): SharedArrayBuffer {
    const old = new Uint8Array(this.buffer, 0, bytesOffset)
    this.buffer = new SharedArrayBuffer(bytesOffset + Math.max(bytes, 2 * this.#bytes.byteLength))
    new Uint8Array(this.buffer).set(old)
    this.#words = new Int32Array(this.buffer, 0, 16)
    this.#doubles = new Float64Array(this.buffer, doublesOffset, 8)
    this.#bytes = new Uint8Array(this.buffer, bytesOffset)
    return this.buffer
  }
}

/** Reads a little-endian word. A DataView would have to be made anew for each call. */
function wordAt(bytes: Uint8Array, at: number): number {
  let word = 0
  for (let i = 3; i >= 0; i--) word = (word << 8) | (bytes[at + i] ?? 0)
  return word
}
