/**
 * The host's side of the meter. The host sets a word of shared memory before a call, the isolate counts it down, and the host reads it
 * afterwards. runtime/metering/meter.js describes the words.
 */
import { deepest, type MachineLimits } from './limits.ts'
import type { AbortReason } from './types.ts'

const fuelWord = 0
const depthWord = 1

/** The largest number of units that a word can hold. A larger limit counts as this. */
const largest = 0x7fff_ffff

export class Meter {
  /** Never replaced: the isolate keeps a reference to it. */
  readonly buffer = new SharedArrayBuffer(8)
  readonly #words = new Int32Array(this.buffer)
  readonly #limits: MachineLimits
  #requestLeft = 0
  #limit = 0

  constructor(limits: MachineLimits) {
    this.#limits = limits
    this.pause()
  }

  /** Suspends the fuel limit, because the next code is the machine's own. */
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

  /** Resets the depth: the host enters the isolate with an empty stack. */
  beginStack(): void {
    this.#words[depthWord] = Math.min(this.#limits.depth, deepest)
  }

  /** Units that the call has used so far. */
  get used(): number {
    return this.#limit - Math.max(this.#words[fuelWord] as number, 0)
  }

  /**
   * Whether the call used more fuel than it had. A function's loops count units locally. The function takes them from the meter when it
   * ends, and the next charge notices the lack.
   */
  get isOverdrawn(): boolean {
    return (this.#words[fuelWord] as number) < 0
  }

  /** The call is over. Takes the used units from the request's fuel. */
  endCall(used: number): void {
    this.#requestLeft -= used
  }

  /** The reason why a call without fuel ends. A caller may send the call again only if its request, not the call itself, ran out. */
  get shortage(): AbortReason {
    return this.#limit < this.#limits.fuelPerCall && this.#limit < largest ? 'request-fuel' : 'fuel'
  }
}
