/** Errors of this package. One base class with a stable `code`; what was wrong is in the message and the fields. */

/** Base of every error that @vms/rpc throws. */
export class RpcError extends Error {
  /** Stable identifier, `ERR_VMS_…`. */
  readonly code: string
  /** What the reader can do about it. */
  readonly hint: string | null

  constructor(code: string, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.hint = hint
  }

  /** Whether the same thing may succeed when it is tried again. */
  shouldRetry(): boolean {
    return false
  }
}

/** Bytes that are no frame of the protocol, or a frame that is larger than the receiver takes. */
export class FrameError extends RpcError {
  /** Size of the refused frame in bytes. */
  readonly frameBytes: number

  constructor(message: string, frameBytes: number, options?: ErrorOptions) {
    super(
      'ERR_VMS_BAD_FRAME',
      message,
      'the other side may speak another version of the protocol',
      options,
    )
    this.frameBytes = frameBytes
  }
}

/** A connection that could not be opened. */
export class TransportError extends RpcError {
  readonly url: string

  constructor(url: string, message: string, options?: ErrorOptions) {
    super('ERR_VMS_UNREACHABLE', message, 'is the host running, and is the address right?', options)
    this.url = url
  }

  override shouldRetry(): boolean {
    return true
  }
}

// What minifies the code must not change what people read.
const named = { RpcError, FrameError, TransportError }
for (const [name, value] of Object.entries(named))
  Object.defineProperty(value, 'name', { value: name })
