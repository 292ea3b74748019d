/** A call of a rehearsal, from a ledger or from another source. */

/** A call to rehearse. */
export interface RehearsalCall {
  readonly method: string
  readonly args: readonly unknown[]
  /** Id of the caller. */
  readonly caller: string
  /** Milliseconds since 1970. */
  readonly time: number
  /** Where the call was recorded: the rehearsal derives its randomness from that. Default: from the call's number in the rehearsal. */
  readonly recorded?: { readonly requestId: Uint8Array; readonly call: number }
  /** The recorded uses of oracles, in order. */
  readonly oracles?: readonly RecordedUse[]
}

/** One use of an oracle, as a ledger has it. */
export interface RecordedUse {
  readonly name: string
  readonly value: Uint8Array | null
  readonly error: { name: string; message: string; code: string | null } | null
}
