/** Compares the outcome that a replay gives with the one in the ledger. */
import {
  decodeValue,
  type OracleUse,
  type Outcome,
  sameBytes,
  toHex,
  type Value,
} from '@vms/format'
import { type Finding, type FindingDetail, finding } from '../findings/finding.ts'
import { compareEncoded, compareValues, showValue } from './compare.ts'

/** The place of an outcome. */
export type OutcomePlace = Pick<FindingDetail, 'entry' | 'call' | 'method'>

const show = (outcome: Outcome): string => {
  const { status, error, abort } = outcome
  return error ? `${status} ${error.name}: ${error.message}` : abort ? `${status} ${abort}` : status
}

const bytesOrNone = (bytes: Uint8Array | null): string => (bytes ? toHex(bytes) : 'none')

const sameDigest = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a && b ? sameBytes(a, b) : a === b

/** The changes of a call show how it ran: if they differ too, more than the value was altered. */
function causeOfValue(expected: Outcome, got: Outcome): Pick<FindingDetail, 'cause'> {
  if (!sameDigest(expected.changes, got.changes))
    return { cause: 'the host ran the call with another script, argument, caller or time' }
  return expected.changes
    ? {
        cause:
          'the host altered the returned value, or ran another script: what the call wrote is as it should be',
      }
    : {}
}

/** Decodes a value that a machine has accepted under its own limits. So the default bounds do not apply. */
const read = (bytes: Uint8Array): Value => decodeValue(bytes, { maxBytes: bytes.length })

/** A question to an oracle in words: `rate("EUR")`. */
function showAsked(use: OracleUse | undefined): string {
  if (!use) return 'no further use of an oracle'
  const args = read(use.args) as Value[]
  return `${use.name}(${args.map(showValue).join(', ')})`
}

const showAnswered = ({ value, error }: OracleUse): string =>
  error ? `${error.name}: ${error.message}` : showValue(read(value as Uint8Array))

/** The first use of an oracle whose question or answer differs between replay and ledger. */
function compareOracles(
  expected: readonly OracleUse[],
  got: readonly OracleUse[],
  place: OutcomePlace,
): Finding | null {
  for (let i = 0; i < Math.max(expected.length, got.length); i += 1) {
    const [asked, recorded] = [expected[i], got[i]]
    const differs = (path: string, shown: Pick<FindingDetail, 'expected' | 'got'>): Finding =>
      finding('ORACLE_DIFFERS', { ...place, part: 'oracles', path: `$[${i}]${path}`, ...shown })
    const both = { expected: showAsked(asked), got: showAsked(recorded) }
    if (!asked || !recorded) return differs('', both)
    if (asked.name !== recorded.name) return differs('.name', both)
    const args = compareEncoded(asked.args, recorded.args)
    if (args) return differs(`.args${args.path.slice(1)}`, both)
    if (compareValues(asked as Value, recorded as Value, '$'))
      return differs('', { expected: showAnswered(asked), got: showAnswered(recorded) })
  }
  return null
}

/**
 * The first difference as a finding; null if the outcomes are equal. Compares oracles first: if the script asked another question, the
 * recorded answer does not belong to it, and the rest of the outcome follows from that answer.
 */
export function compareOutcomes(
  expected: Outcome,
  got: Outcome,
  place: OutcomePlace,
): Finding | null {
  const oracles = compareOracles(expected.oracles, got.oracles, place)
  if (oracles) return oracles
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
    if (difference) {
      const cause = causeOfValue(expected, got)
      return finding('VALUE_DIFFERS', { ...place, part: 'value', ...difference, ...cause })
    }
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
  if (!sameDigest(expected.changes, got.changes)) {
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
