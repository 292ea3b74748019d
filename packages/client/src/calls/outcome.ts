/** Decoded outcomes, each with the fields of its status. */
import { decodeValue, type Outcome, type Value } from '@vms/format'

/** One outcome, decoded. */
export type CheckedOutcome =
  | { readonly status: 'returned'; readonly value: Value }
  | { readonly status: 'thrown'; readonly error: NonNullable<Outcome['error']> }
  | { readonly status: 'aborted'; readonly abort: string }
  | { readonly status: 'skipped' }

/** Decodes an outcome. Throws a FormatError if it holds no value. */
export function decodeOutcome({ status, value, error, abort }: Outcome): CheckedOutcome {
  // The shape of an outcome guarantees that the field of its status is there.
  switch (status) {
    case 'returned':
      return { status, value: decodeValue(value as Uint8Array) }
    case 'thrown':
      return { status, error: error as NonNullable<Outcome['error']> }
    case 'aborted':
      return { status, abort: abort as string }
    case 'skipped':
      return { status }
    default:
      return status satisfies never
  }
}
