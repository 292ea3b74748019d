/** Passes the isolate's questions to oracles, one at a time. Counts them against the limits and keeps every use for the outcome. */
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

  /** A call begins. `room`: bytes that its request may still put into the entry. */
  begin(context: OracleContext, room: number): void {
    this.#context = context
    this.#uses = []
    this.#room = room
  }

  /** The uses of the current call, in order. */
  get uses(): OracleUse[] {
    return this.#uses
  }

  /**
   * Asks an oracle and keeps the use. Returns null if the call has no questions left.
   *
   * @throws Abort if the uses exceed the bytes that the request may put into an entry; this use is kept
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
