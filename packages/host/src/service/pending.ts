/** A request between admission and commit, and its record after that. */
import type { CallsEntry, Request } from '@vms/format'

/** A request in the ledger. */
export interface Recorded {
  readonly index: number
  /** Of its entry. */
  readonly time: number
  readonly outcomes: CallsEntry['outcomes']
  /** The encoded entry, as it stands in the ledger. */
  readonly block: Uint8Array
}

/** An admitted request, and the promise of its outcome. */
export interface Pending {
  /** The request's id as a string of its bytes: a key for maps. */
  readonly id: string
  readonly requestId: Uint8Array
  readonly bytes: Uint8Array
  readonly signature: Uint8Array | null
  readonly request: Request
  /** What the script sees as the caller's id. */
  readonly caller: string
  readonly settled: PromiseWithResolvers<Recorded>
}
