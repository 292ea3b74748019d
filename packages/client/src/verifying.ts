/** Turns what the formats throw at a lie into this package's verification error. */
import { FormatError } from '@vms/format'
import { type VerificationEvidence, type VerifiedPart, VmsVerificationError } from './errors.ts'

/** Runs a check. A {@link FormatError} in it becomes a {@link VmsVerificationError} about `what`. */
export function verifying<T>(
  what: VerifiedPart,
  evidence: VerificationEvidence,
  check: () => T,
): T {
  try {
    return check()
  } catch (error) {
    if (error instanceof FormatError)
      throw new VmsVerificationError(what, error.message, evidence, { cause: error })
    throw error
  }
}
