/**
 * The host's side of the meter. The host sets a word of shared memory before a call, the isolate counts it down, and the host reads it
 * afterwards. runtime/metering/meter.js describes the words.
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

  /** The code that runs next is the machine's own: no limit of fuel holds for it. */
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

  /**
   * Whether the call used more than it had: the units that a function's loops count locally are taken when the function ends, and noticed
   * at the next charge.
   */
  get isOverdrawn(): boolean {
    return (this.#words[fuelWord] as number) < 0
  }

  /** The call is over, and the request has that much less. */
  endCall(used: number): void {
    this.#requestLeft -= used
  }

  /** The reason for which a call without fuel ends. A caller may send the call again if only its request had too little. */
  get shortage(): AbortReason {
    return this.#limit < this.#limits.fuelPerCall && this.#limit < largest ? 'request-fuel' : 'fuel'
  }
}
