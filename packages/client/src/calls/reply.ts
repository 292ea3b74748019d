/**
 * Checks a reply: that the request stands in the ledger with these outcomes, under the verified head. The host sends only the bytes of the
 * entry that the client lacks. The client appends them to the request that it signed itself, and hashes the whole.
 */
import { type CallsEntry, decodeEntry, entryWithTail, type Outcome } from '@vms/format'
import type { EntryProof, HeadTracker, Reply } from '@vms/rpc'
import { VmsVerificationError } from '../errors/errors.ts'
import { verifying } from '../errors/verifying.ts'
import { type CheckedOutcome, decodeOutcome } from './outcome.ts'
import type { SignedRequest } from './request-packer.ts'

/** A verified reply. */
export interface CheckedReply {
  readonly proof: EntryProof
  readonly outcomes: readonly CheckedOutcome[]
}

/** Checks a reply to `signed` against the verified head. Throws {@link VmsVerificationError}. */
export function checkReply(
  tracker: HeadTracker,
  windowEntries: number,
  signed: SignedRequest,
  reply: Reply,
): CheckedReply {
  const evidence = { held: tracker.head, request: signed.bytes, frame: reply }
  const refuse = (message: string) => new VmsVerificationError('reply', message, evidence)
  const { index, length, tail, path } = reply
  const { request } = signed
  if (length !== tracker.head.length) {
    throw refuse(
      `it is proven under ${length} entries, the head that the host told has ${tracker.head.length}`,
    )
  }
  if (index >= length) throw refuse(`entry ${index} is not among the ${length} of the head`)
  if (index < request.head.length) {
    throw refuse(
      `entry ${index} is older than the head of ${request.head.length} that the request names`,
    )
  }
  if (index - request.head.length > windowEntries) {
    throw refuse(
      `entry ${index} is too far from the head of ${request.head.length} that the request names`,
    )
  }
  const entry = entryWithTail(signed.bytes, signed.signature, tail)
  const { time, outcomes } = verifying('reply', evidence, () => decodeEntry(entry) as CallsEntry)
  if (time > request.expires) throw refuse('it was executed after the request had expired')
  if (outcomes.length !== request.calls.length) {
    throw refuse(`it has ${outcomes.length} outcomes for ${request.calls.length} calls`)
  }
  const proof = verifying('reply', evidence, () => tracker.prove(index, entry, path))
  // From here on, the outcomes are proven to be in the host's ledger. Only an audit shows whether they are right.
  return verifying('outcomes', evidence, () => {
    checkSkips(outcomes, (message) => new VmsVerificationError('outcomes', message, evidence))
    return { proof, outcomes: outcomes.map(decodeOutcome) }
  })
}

/**
 * Checks which calls were skipped. The host always executes the first call of a request; otherwise a client that sends skipped calls again
 * would never finish. After an aborted or skipped call it executes none.
 */
function checkSkips(outcomes: readonly Outcome[], refuse: (message: string) => Error): void {
  let over = false
  outcomes.forEach(({ status }, i) => {
    if (status === 'skipped' && i === 0) throw refuse('the first call was skipped')
    if (over && status !== 'skipped')
      throw refuse(`call ${i} was executed after the request had ended`)
    over ||= status === 'aborted' || status === 'skipped'
  })
}
