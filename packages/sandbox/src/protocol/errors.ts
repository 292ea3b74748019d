/**
 * Errors of this package: one class, stable codes, details in fields. A value that a script throws is data and never one of these errors.
 */
import type { RefusalReason } from './types.ts'

export type SandboxErrorCode =
  | 'ERR_VMS_MACHINE_NOT_STARTED'
  | 'ERR_VMS_MACHINE_DEAD'
  | 'ERR_VMS_MACHINE_BUSY'
  | 'ERR_VMS_MACHINE_NOT_BOOTED'
  | 'ERR_VMS_MACHINE_PROTOCOL'
  | 'ERR_VMS_FILES_UNAVAILABLE'
  | 'ERR_VMS_ORACLE_UNAVAILABLE'
  | 'ERR_VMS_UNKNOWN_INTRINSIC'
  | 'ERR_VMS_UNKNOWN_METHOD'
  | 'ERR_VMS_BAD_CODEC'
  | 'ERR_VMS_REFUSED'
  | 'ERR_VMS_SEMANTICS_UNKNOWN'
  | 'ERR_VMS_ENGINE_UNLISTED'

export class SandboxError extends Error {
  override readonly name: string = 'SandboxError'
  readonly code: SandboxErrorCode
  readonly hint: string | null

  constructor(
    code: SandboxErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint ?? null
  }

  /** Whether the operation may succeed on a new machine. */
  shouldRetry(): boolean {
    switch (this.code) {
      case 'ERR_VMS_MACHINE_NOT_STARTED':
      case 'ERR_VMS_MACHINE_DEAD':
      case 'ERR_VMS_FILES_UNAVAILABLE':
      case 'ERR_VMS_ORACLE_UNAVAILABLE':
        return true
      case 'ERR_VMS_MACHINE_BUSY':
      case 'ERR_VMS_MACHINE_NOT_BOOTED':
      case 'ERR_VMS_MACHINE_PROTOCOL':
      case 'ERR_VMS_UNKNOWN_INTRINSIC':
      case 'ERR_VMS_UNKNOWN_METHOD':
      case 'ERR_VMS_BAD_CODEC':
      case 'ERR_VMS_REFUSED':
      case 'ERR_VMS_SEMANTICS_UNKNOWN':
      case 'ERR_VMS_ENGINE_UNLISTED':
        return false
      default:
        return this.code satisfies never
    }
  }
}

/** The top level or `init` hit a backstop (time, memory, stack, crash). There is no outcome, and the machine is dead. */
export class RefusedError extends SandboxError {
  override readonly name: string = 'RefusedError'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super('ERR_VMS_REFUSED', message)
    this.reason = reason
  }
}
