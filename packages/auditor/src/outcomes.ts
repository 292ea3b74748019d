/** Compares the outcome that a replay gives with the one in the ledger. */
import { type Outcome, sameBytes, toHex, type Value } from '@vms/format'
import { compareEncoded, compareValues } from './compare.ts'
import { type Finding, type FindingDetail, finding } from './finding.ts'

/** Where an outcome stands. */
export type OutcomePlace = Pick<FindingDetail, 'entry' | 'call' | 'method'>

const show = (outcome: Outcome): string => {
  const { status, error, abort } = outcome
  return error ? `${status} ${error.name}: ${error.message}` : abort ? `${status} ${abort}` : status
}

const bytesOrNone = (bytes: Uint8Array | null): string => (bytes ? toHex(bytes) : 'none')

/** The first difference as a finding; null if the two are the same. */
export function compareOutcomes(
  expected: Outcome,
  got: Outcome,
  place: OutcomePlace,
): Finding | null {
  if (expected.status !== got.status) {
    return finding('STATUS_DIFFERS', {
      ...place,
      part: 'status',
      expected: show(expected),
      got: show(got),
    })
  }
  if (expected.value && got.value) {
    const difference = compareEncoded(expected.value, got.value)
    if (difference) return finding('VALUE_DIFFERS', { ...place, part: 'value', ...difference })
  }
  if (expected.error && got.error) {
    const difference = compareValues(expected.error as Value, got.error as Value, '$')
    if (difference) return finding('ERROR_DIFFERS', { ...place, part: 'error', ...difference })
  }
  if (expected.abort !== got.abort) {
    return finding('ABORT_DIFFERS', {
      ...place,
      part: 'abort',
      expected: expected.abort ?? 'none',
      got: got.abort ?? 'none',
    })
  }
  const sameChanges =
    expected.changes && got.changes
      ? sameBytes(expected.changes, got.changes)
      : expected.changes === got.changes
  if (!sameChanges) {
    return finding('CHANGES_DIFFER', {
      ...place,
      part: 'changes',
      expected: bytesOrNone(expected.changes),
      got: bytesOrNone(got.changes),
    })
  }
  if (expected.fuel !== got.fuel) {
    return finding('FUEL_DIFFERS', {
      ...place,
      part: 'fuel',
      expected: String(expected.fuel),
      got: String(got.fuel),
    })
  }
  return null
}
