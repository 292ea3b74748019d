/** Turns the errors of the formats into this package's verification error. */
import { FormatError } from '@vms/format'
import { type VerificationEvidence, type VerifiedPart, VmsVerificationError } from './errors.ts'

/** As {@link verifying}, for a check that takes time. */
export async function verifyingLater<T>(
  what: VerifiedPart,
  evidence: VerificationEvidence,
  check: () => Promise<T>,
): Promise<T> {
  try {
    return await check()
  } catch (error) {
    throw told(what, evidence, error)
  }
}

/** Runs a check. A {@link FormatError} in it becomes a {@link VmsVerificationError} about `what`. */
export function verifying<T>(
  what: VerifiedPart,
  evidence: VerificationEvidence,
  check: () => T,
): T {
  try {
    return check()
  } catch (error) {
    throw told(what, evidence, error)
  }
}

const told = (what: VerifiedPart, evidence: VerificationEvidence, error: unknown): unknown =>
  error instanceof FormatError
    ? new VmsVerificationError(what, error.message, evidence, {
        cause: error,
        isLie: what !== 'receipt',
      })
    : error
