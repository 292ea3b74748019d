/** One call, from its creation until its outcome, its timeout, its signal or the client's end settles it. */
import type { Receipt, Value } from '@vms/format'
import {
  VmsCancelError,
  type VmsError,
  type VmsRefusedError,
  VmsTimeoutError,
} from '../errors/errors.ts'
import type { ClientPorts } from '../platform/ports.ts'
import { CALL_OVERHEAD_BYTES } from './limits.ts'

/** Options of a call. */
export interface CallOptions {
  /** Milliseconds to wait for the reply; Infinity waits for ever. */
  readonly timeout?: number
  /** Ends the waiting. The host may still execute a call that was sent. */
  readonly signal?: AbortSignal
}

/** The result of a method, with its proof. */
export interface Receipted {
  readonly value: Value
  readonly receipt: Receipt
}

export class PendingCall {
  readonly method: string
  /** Encoded array of arguments. */
  readonly args: Uint8Array
  /** Bytes that the call takes in a request, at most. */
  readonly bytes: number
  readonly wantsReceipt: boolean
  readonly promise: Promise<Receipted | Value>
  /** Whether a request with this call was sent that may still be executed. */
  sent = false
  /** When that request was last sent, in milliseconds since the epoch. */
  sentAt = 0
  /** Whether the call needs a request of its own, because it may be the reason why the host refused a shared one. */
  alone: boolean
  /** Number of refused requests that contained the call. */
  refusals = 0
  /** The last refusal. The host may have sent it more than once for the same request. */
  refused: VmsRefusedError | null = null
  #settle: PromiseWithResolvers<Receipted | Value>
  #settled = false
  #stopTimer: () => void
  #signal: AbortSignal | null

  constructor(
    method: string,
    args: Uint8Array,
    options: {
      readonly wantsReceipt: boolean
      readonly alone: boolean
      readonly after: ClientPorts['after']
      readonly timeoutMs: number
      readonly signal: AbortSignal | null
      /** Called after the call's timeout has rejected it. */
      readonly onTimeout: (call: PendingCall) => void
    },
  ) {
    this.method = method
    this.args = args
    // A UTF-16 unit takes at most three bytes.
    this.bytes = 3 * method.length + args.length + CALL_OVERHEAD_BYTES
    this.wantsReceipt = options.wantsReceipt
    this.alone = options.alone
    this.#settle = Promise.withResolvers()
    this.promise = this.#settle.promise
    this.#signal = options.signal
    const { timeoutMs, signal } = options
    this.#stopTimer = options.after(timeoutMs, () => {
      this.reject(new VmsTimeoutError(method, timeoutMs, this.sent, this.refused))
      options.onTimeout(this)
    })
    if (signal?.aborted) this.#cancel()
    else signal?.addEventListener('abort', this.#cancel)
  }

  get settled(): boolean {
    return this.#settled
  }

  resolve(value: Receipted | Value): void {
    if (this.#finish()) this.#settle.resolve(value)
  }

  reject(error: VmsError): void {
    if (this.#finish()) this.#settle.reject(error)
  }

  #cancel = (): void =>
    this.reject(new VmsCancelError(this.method, this.#signal?.reason, this.sent))

  #finish(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#stopTimer()
    this.#signal?.removeEventListener('abort', this.#cancel)
    return true
  }
}
