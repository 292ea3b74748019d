/**
 * Errors of this package. One base class with a stable `code`. Each error tells whether the host may have executed the call, and whether to
 * try again.
 */
import type { ErrorValue, LedgerManifest, Receipt, SignedHead, SignedRefusal } from '@vms/format'
import type { RefusalCode, RefusalMeaning } from '@vms/rpc'

interface ErrorDetails {
  readonly hint?: string
  readonly mayHaveExecuted?: boolean
  readonly cause?: unknown
}

/** Base of every error that @vms/client throws. */
export class VmsError extends Error {
  /** Stable identifier, `ERR_VMS_…`. In a {@link VmsRemoteError}, the script's own code if it gave one. */
  readonly code: string
  /** What the user can do about it. */
  readonly hint: string | null
  /** True if the client cannot know whether the call was executed. The ledger shows it. */
  readonly mayHaveExecuted: boolean

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.hint = details.hint ?? null
    this.mayHaveExecuted = details.mayHaveExecuted ?? false
  }

  /** Whether the same call may succeed later. Says nothing about {@link mayHaveExecuted}. */
  shouldRetry(): boolean {
    return false
  }
}

/** A wrong use of the client: an option, an address, a call that is too large. The client did not ask the host. */
export class VmsUsageError extends VmsError {}

/** There is no connection: it could not be opened, it was lost, or it was closed. */
export class VmsConnectionError extends VmsError {
  declare readonly code:
    | 'ERR_VMS_UNREACHABLE'
    | 'ERR_VMS_NOT_THE_HOST'
    | 'ERR_VMS_CONNECTION_LOST'
    | 'ERR_VMS_CLOSED'
    | 'ERR_VMS_NOT_CONNECTED'

  override shouldRetry(): boolean {
    return this.code !== 'ERR_VMS_NOT_CONNECTED'
  }
}

/** The host broke the protocol: it sent an invalid frame, or an answer without a question. The client has closed the connection. */
export class VmsProtocolError extends VmsError {}

/**
 * No answer came in time. The web platform gives such errors the same name. If the host refused the call meanwhile, `cause` is the last
 * refusal.
 */
export class VmsTimeoutError extends VmsError {
  declare readonly code: 'ERR_VMS_TIMEOUT'
  declare readonly cause?: VmsRefusedError
  readonly timeoutMs: number

  constructor(
    what: string,
    timeoutMs: number,
    mayHaveExecuted: boolean,
    cause: VmsRefusedError | null = null,
  ) {
    const why = cause ? `; the host refused it, last: ${cause.message} [${cause.code}]` : ''
    const hint = mayHaveExecuted
      ? 'the call may have been executed: ask the service, or look in its log'
      : cause?.hint
    super('ERR_VMS_TIMEOUT', `${what} took longer than ${timeoutMs} ms${why}`, {
      mayHaveExecuted,
      ...(cause && { cause }),
      ...(hint && { hint }),
    })
    this.name = 'TimeoutError'
    this.timeoutMs = timeoutMs
  }

  override shouldRetry(): boolean {
    return true
  }
}

/** The caller's AbortSignal fired. The web platform gives such errors the same name; `cause` is the signal's reason. */
export class VmsCancelError extends VmsError {
  declare readonly code: 'ERR_VMS_CANCELLED'

  constructor(what: string, reason: unknown, mayHaveExecuted: boolean) {
    super('ERR_VMS_CANCELLED', `${what} was cancelled`, { cause: reason, mayHaveExecuted })
    this.name = 'AbortError'
  }
}

/** Place of a call: `index` of its entry in the ledger, and its number in that entry's request. */
export interface CallPlace {
  readonly method: string
  readonly index: number
  readonly call: number
  /** The proof, if the caller asked for a receipt. */
  readonly receipt: Receipt | null
}

/** The method threw. `name`, `message` and `code` are those of its error; `code` is `ERR_VMS_THROWN` if it has none. */
export class VmsRemoteError extends VmsError implements CallPlace {
  readonly method: string
  readonly index: number
  readonly call: number
  readonly receipt: Receipt | null

  constructor(error: ErrorValue, { method, index, call, receipt }: CallPlace) {
    super(error.code ?? 'ERR_VMS_THROWN', error.message)
    this.name = error.name
    this.method = method
    this.index = index
    this.call = call
    this.receipt = receipt
  }
}

/** The call passed a limit of the machine, named by `abort`. It changed nothing. */
export class VmsAbortError extends VmsError implements CallPlace {
  declare readonly code: 'ERR_VMS_ABORTED'
  readonly abort: string
  readonly method: string
  readonly index: number
  readonly call: number
  readonly receipt: Receipt | null

  constructor(abort: string, { method, index, call, receipt }: CallPlace) {
    super('ERR_VMS_ABORTED', `${method} was aborted: ${abort}`, {
      hint: 'it passed a limit that the genesis of the ledger sets',
    })
    this.abort = abort
    this.method = method
    this.index = index
    this.call = call
    this.receipt = receipt
  }
}

/** The host refused the request, and signed that it did. */
export class VmsRefusedError extends VmsError {
  declare readonly code: RefusalCode
  /** The host's explanation. The host signs the code only. */
  readonly explanation: string
  /** The refusal's evidence: what the host's refusal key signed. */
  readonly refusal: VmsRefusal

  #retry: RefusalMeaning['retry']

  constructor(
    refusal: VmsRefusal,
    { message, hint, retry }: RefusalMeaning,
    explanation: string,
    mayHaveExecuted: boolean,
  ) {
    super(refusal.code, explanation === '' ? message : explanation, { hint, mayHaveExecuted })
    this.explanation = explanation
    this.refusal = refusal
    this.#retry = retry
  }

  override shouldRetry(): boolean {
    return this.#retry === 'now' || this.#retry === 'later'
  }
}

/** A signed refusal with everything that a check needs, and its request. `encodeRefusal` makes a file of it. */
export interface VmsRefusal extends Omit<SignedRefusal, 'version'> {
  readonly ledger: Uint8Array
  readonly request: Uint8Array
  readonly code: RefusalCode
}

/** The subject of a check. */
export type VerifiedPart =
  | 'ledger'
  | 'genesis'
  | 'head'
  | 'history'
  | 'reply'
  | 'outcomes'
  | 'refusal'
  | 'entries'
  | 'files'
  | 'receipt'

/** The evidence of a failed check: bytes and heads as received. Anyone can check the heads with the manifest. */
export interface VerificationEvidence {
  readonly manifest?: LedgerManifest | undefined
  /** The head that the client held, and the head that contradicts it. */
  readonly held?: SignedHead | undefined
  readonly offered?: SignedHead
  readonly request?: Uint8Array
  /** Block 0, as received from the host. */
  readonly genesis?: Uint8Array
  /** A refusal that the host signed, and the receipt that contradicts it. */
  readonly refusal?: VmsRefusal
  readonly receipt?: Receipt
  /** The host's frame, as data. */
  readonly frame?: unknown
  /** The bytes of the message that failed the check, as received. */
  readonly message?: Uint8Array | undefined
}

interface VerificationDetails extends ErrorDetails {
  readonly code?: VmsVerificationError['code']
  /** Default true. */
  readonly isLie?: boolean
}

/** A check of a host's answer failed. The client has closed the connection, and ignores all later frames. */
export class VmsVerificationError extends VmsError {
  /**
   * `ERR_VMS_GENESIS_MISMATCH`: block 0 is not what the ledger's key commits to. `ERR_VMS_OTHER_LEDGER`: the address has
   * another ledger than expected. `ERR_VMS_BEHIND`: the host shows an older state than before.
   */
  declare readonly code:
    | 'ERR_VMS_VERIFICATION'
    | 'ERR_VMS_GENESIS_MISMATCH'
    | 'ERR_VMS_OTHER_LEDGER'
    | 'ERR_VMS_BEHIND'
  readonly what: VerifiedPart
  readonly reason: string
  /** Whether the host, or a server in its place, lied. A redeployed service, a restored copy and a stranger's receipt are no lies. */
  readonly isLie: boolean
  evidence: VerificationEvidence

  constructor(
    what: VerifiedPart,
    reason: string,
    evidence: VerificationEvidence = {},
    { code = 'ERR_VMS_VERIFICATION', isLie = true, ...details }: VerificationDetails = {},
  ) {
    super(code, `the host's ${what} does not hold: ${reason}`, {
      hint: 'do not trust this host; keep the evidence',
      ...details,
    })
    this.what = what
    this.reason = reason
    this.isLie = isLie
    this.evidence = evidence
  }
}

/** Whether an error says that the host lied. Then `error.evidence` has the bytes. */
export const isLie = (error: unknown): error is VmsVerificationError =>
  error instanceof VmsVerificationError && error.isLie

/** The client was closed. */
export const closed = (): VmsConnectionError =>
  new VmsConnectionError('ERR_VMS_CLOSED', 'the client was closed')

/** The error for a pending call when its client ends. If the call was sent, the error says that the host may have executed it. */
export function endOfCall(error: VmsError, sent: boolean): VmsError {
  if (!sent) return error
  const details = {
    cause: error.cause ?? error,
    mayHaveExecuted: true,
    ...(error.hint !== null && { hint: error.hint }),
  }
  if (error instanceof VmsVerificationError) {
    const { what, reason, evidence, code, isLie } = error
    return new VmsVerificationError(what, reason, evidence, { ...details, code, isLie })
  }
  if (error instanceof VmsProtocolError)
    return new VmsProtocolError(error.code, error.message, details)
  const code = error instanceof VmsConnectionError ? error.code : 'ERR_VMS_CLOSED'
  return new VmsConnectionError(code, error.message, details)
}

// Set names explicitly: a minifier would change the class names that people read.
const named = {
  VmsError,
  VmsUsageError,
  VmsConnectionError,
  VmsProtocolError,
  VmsTimeoutError,
  VmsCancelError,
  VmsRemoteError,
  VmsAbortError,
  VmsRefusedError,
  VmsVerificationError,
}
for (const [name, value] of Object.entries(named))
  Object.defineProperty(value, 'name', { value: name })
