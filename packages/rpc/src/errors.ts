/** Errors of this package. One base class with a stable `code`; message and fields say what was wrong. */

/** Base of every error that @vms/rpc throws. */
export class RpcError extends Error {
  /** Stable identifier, `ERR_VMS_…`. */
  readonly code: string
  /** What the user can do about it. */
  readonly hint: string | null

  constructor(code: string, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.hint = hint
  }

  /** Whether the same operation may succeed when tried again. */
  shouldRetry(): boolean {
    return false
  }
}

/** The bytes are no frame of the protocol, or the frame is larger than the receiver accepts. */
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

/** A connection could not be opened. */
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

// Set names explicitly: a minifier would change the class names that people read.
const named = { RpcError, FrameError, TransportError }
for (const [name, value] of Object.entries(named))
  Object.defineProperty(value, 'name', { value: name })
