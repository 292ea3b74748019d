/** Oracles as the isolate asks them: one at a time, counted against the limits, and every use kept for the outcome. */
import type { Meter } from '../protocol/fuel.ts'
import type { MachineLimits } from '../protocol/limits.ts'
import type { OracleContext, OracleUse } from '../protocol/types.ts'
import type { Parent } from './parent.ts'
import { Abort } from './refusal.ts'
import { useBytes } from './result-bytes.ts'

export interface OraclesOptions {
  readonly parent: Pick<Parent, 'oracle'>
  readonly limits: Pick<MachineLimits, 'oracleUses'>
  readonly meter: Pick<Meter, 'used'>
}

export class Oracles {
  readonly #options: OraclesOptions
  #context: OracleContext = { position: 0, call: 0, time: 0, caller: null }
  #uses: OracleUse[] = []
  #room = 0

  constructor(options: OraclesOptions) {
    this.#options = options
  }

  /** A call begins. `room` is the bytes that its request may still put into the entry. */
  begin(context: OracleContext, room: number): void {
    this.#context = context
    this.#uses = []
    this.#room = room
  }

  /** The uses of the call in hand, in the order of asking. */
  get uses(): OracleUse[] {
    return this.#uses
  }

  /**
   * Asks, and keeps the use; null if the call has asked as often as it may.
   *
   * @throws Abort if the uses are more than the request may put into an entry; this one is kept
   */
  ask(name: string, args: Uint8Array): OracleUse | null {
    const { parent, limits, meter } = this.#options
    if (this.#uses.length >= limits.oracleUses) return null
    const use = parent.oracle(name, args, this.#context)
    this.#uses.push(use)
    this.#room -= useBytes(use)
    if (this.#room < 0) throw new Abort('request-result-bytes', meter.used)
    return use
  }
}
