/** The checks of recorded uses of oracles that need no replay: their number, their sizes, and that they hold values. */
import {
  decodeValue,
  type Entry,
  type MachineLimits,
  type OracleUse,
  type Request,
} from '@vms/format'
import { type FindingDetail, raise } from './finding.ts'

type Fail = (detail: FindingDetail) => never

/** An entry that decodes, and what is known of it. */
interface Recorded {
  readonly entry: Entry
  readonly index: number
  /** That the entry holds, if it holds one. */
  readonly request?: Request
}

/** Throws {@link FindingRaised}. */
export function checkOracles({ entry, index, request }: Recorded, limits: MachineLimits): void {
  switch (entry.type) {
    case 'genesis':
      return
    case 'alarm': {
      const place = { entry: index, method: entry.method }
      checkUses(entry.outcome.oracles, limits, place)
      return
    }
    case 'boot':
    case 'init': {
      const uses = entry.type === 'boot' ? 0 : limits.oracleUses
      const place = { entry: index, ...(entry.type === 'init' && { method: 'init' }) }
      checkUses(entry.outcome.oracles, { ...limits, oracleUses: uses }, place)
      return
    }
    case 'calls':
      for (const [call, { oracles }] of entry.outcomes.entries()) {
        const method = request?.calls[call]?.[0] ?? null
        checkUses(oracles, limits, { entry: index, call, method })
      }
      return
    default:
      entry satisfies never
  }
}

function checkUses(
  uses: readonly OracleUse[],
  limits: Pick<MachineLimits, 'oracleUses' | 'oracleArgsBytes' | 'oracleResultBytes'>,
  place: FindingDetail,
): void {
  const fail: Fail = (detail) => raise('ORACLE_INVALID', { ...place, part: 'oracles', ...detail })
  atMost(limits.oracleUses, uses.length, 'uses', '$', fail)
  for (const [i, { args, value }] of uses.entries()) {
    atMost(limits.oracleArgsBytes, args.length, 'bytes', `$[${i}].args`, fail)
    if (!Array.isArray(decoded(args, `$[${i}].args`, fail)))
      fail({ path: `$[${i}].args`, expected: 'an array of arguments', got: 'another value' })
    if (!value) continue
    atMost(limits.oracleResultBytes, value.length, 'bytes', `$[${i}].value`, fail)
    decoded(value, `$[${i}].value`, fail)
  }
}

function atMost(limit: number, count: number, unit: string, path: string, fail: Fail): void {
  if (count > limit) fail({ path, expected: `at most ${limit} ${unit}`, got: `${count} ${unit}` })
}

function decoded(bytes: Uint8Array, path: string, fail: Fail): unknown {
  try {
    // Its size has a limit of its own.
    return decodeValue(bytes, { maxBytes: bytes.length })
  } catch (error) {
    return fail({ path, expected: 'a value', got: (error as Error).message })
  }
}
