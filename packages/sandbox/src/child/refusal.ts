/** Ends of a call that are no outcome. The code that detects one throws it to the main loop, which then ends the process. */
import type { AbortReason, RefusalReason } from '../protocol/types.ts'

export class Refusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** A reproducible end of a call. */
export class Abort extends Error {
  readonly reason: AbortReason
  /** Units that the call had used when it ended. Code that runs until V8 stops costs nothing. */
  readonly fuel: number

  constructor(reason: AbortReason, fuel: number) {
    super(reason)
    this.reason = reason
    this.fuel = fuel
  }
}

/** The machine cannot start. The fault is in its set-up and not in a call. */
export class Broken extends Error {
  readonly code: 'ERR_VMS_UNKNOWN_INTRINSIC' | 'ERR_VMS_BAD_CODEC' | 'ERR_VMS_UNKNOWN_METHOD'

  constructor(code: Broken['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The parent is gone. */
export class ParentGone extends Error {}
