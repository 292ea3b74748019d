/** A call as a rehearsal takes it, wherever it comes from. */

/** A call to rehearse. */
export interface RehearsalCall {
  readonly method: string
  readonly args: readonly unknown[]
  /** Id of the caller. */
  readonly caller: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** Where it was recorded: its randomness is drawn from that. Default: from its number in the rehearsal. */
  readonly recorded?: { readonly requestId: Uint8Array; readonly call: number }
  /** What oracles answered when it was recorded, in order. */
  readonly oracles?: readonly RecordedUse[]
}

/** One use of an oracle, as a ledger has it. */
export interface RecordedUse {
  readonly name: string
  readonly value: Uint8Array | null
  readonly error: { name: string; message: string; code: string | null } | null
}
