/**
 * The host's side of the meter: memory that the isolate counts down in, set before a call and read after it. What the words mean inside
 * stands in runtime/metering/meter.js.
 */
import { deepest, type MachineLimits } from './limits.ts'
import type { AbortReason } from './types.ts'

const fuelWord = 0
const depthWord = 1

/** Units: what a word can hold. A larger limit counts as this. */
const largest = 0x7fff_ffff

export class Meter {
  /** Never replaced: the isolate holds on to it. */
  readonly buffer = new SharedArrayBuffer(8)
  readonly #words = new Int32Array(this.buffer)
  readonly #limits: MachineLimits
  #requestLeft = 0
  #limit = 0

  constructor(limits: MachineLimits) {
    this.#limits = limits
    this.pause()
  }

  /** What runs next is the machine's own code: it is let run whatever it takes. */
  pause(): void {
    this.#words.fill(largest)
  }

  beginRequest(): void {
    this.#requestLeft = this.#limits.fuelPerRequest
  }

  /** Whether the request has fuel left for another call. */
  get hasFuel(): boolean {
    return this.#requestLeft > 0
  }

  beginCall(): void {
    this.#limit = Math.min(this.#limits.fuelPerCall, this.#requestLeft, largest)
    this.#words[fuelWord] = this.#limit
    this.beginStack()
  }

  /** The isolate is entered anew: nothing is on its stack. */
  beginStack(): void {
    this.#words[depthWord] = Math.min(this.#limits.depth, deepest)
  }

  /** Units that the call has used so far. */
  get used(): number {
    return this.#limit - Math.max(this.#words[fuelWord] as number, 0)
  }

  /** Whether more was used than there was: what a function's loops count locally is taken when it ends, and noticed at the next charge. */
  get isOverdrawn(): boolean {
    return (this.#words[fuelWord] as number) < 0
  }

  /** The call is over, and the request has that much less. */
  endCall(used: number): void {
    this.#requestLeft -= used
  }

  /** Why a call that is out of fuel ends: a caller may send anew what only its request was too short for. */
  get shortage(): AbortReason {
    return this.#limit < this.#limits.fuelPerCall && this.#limit < largest ? 'request-fuel' : 'fuel'
  }
}
