/** Refusals: why the host does not execute a request. A refused request leaves nothing in the ledger; the caller gets the signed reason. */
import type { RefusalCode } from '@vms/rpc'
import type { RunStop } from '@vms/sandbox'

export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.name = 'Refusal'
    this.code = code
  }
}

/** The signed part of a refusal: the host's knowledge of the request at the moment of the look-up. */
export interface LookUp {
  readonly ledger: Uint8Array
  /** Whether the host remembers every entry that could hold the request. */
  readonly covers: boolean
  /** Length of the durable head. */
  readonly length: number
  readonly treeHash: Uint8Array
  /** The host's clock, in milliseconds since the epoch. */
  readonly time: number
}

/** A refusal that can be signed. */
export class RefusedRequest extends Refusal {
  readonly lookUp: LookUp

  constructor({ code, message }: Refusal, lookUp: LookUp) {
    super(code, message)
    this.lookUp = lookUp
  }
}

export const closing = (): Refusal => new Refusal('ERR_VMS_CLOSING', 'the host is closing')

export const stopped = (state = 'stopped'): Refusal =>
  new Refusal('ERR_VMS_STOPPED', `the service is ${state}`)

export const busy = (why: string): Refusal => new Refusal('ERR_VMS_BUSY', why)

/** The refusal of a call that hit a backstop of the machine. */
export const backstop = ({ reason, message }: Extract<RunStop, { kind: 'refused' }>): Refusal =>
  new Refusal(STOP_CODES[reason], message)

const STOP_CODES = {
  'wall-clock': 'ERR_VMS_WALL_CLOCK',
  memory: 'ERR_VMS_MEMORY',
  stack: 'ERR_VMS_STACK',
  crash: 'ERR_VMS_CRASH',
} as const

/** Whether the cause of a refusal is the host or the script, and not the request. */
export const isBackstop = (code: RefusalCode): boolean =>
  Object.values<RefusalCode>(STOP_CODES).includes(code)
