/** Rule 16 of format.md, for recorded uses of oracles: their number, their sizes, and that they hold values. */

import { decodeValue } from '../codec/value.ts'
import type { Entry } from '../entries/entry.ts'
import type { MachineLimits } from '../entries/machine-limits.ts'
import type { OracleUse } from '../entries/outcome.ts'
import type { Request } from '../entries/request.ts'
import type { FaultDetail, Report } from './fault.ts'

type UseLimits = Pick<MachineLimits, 'oracleUses' | 'oracleArgsBytes' | 'oracleResultBytes'>

/** `request`: the decoded request of the entry, if there is one. */
export function checkOracles(
  entry: Entry,
  request: Request | null,
  limits: MachineLimits,
  report: Report,
): void {
  switch (entry.type) {
    case 'genesis':
      return
    case 'boot':
      checkUses(entry.outcome.oracles, { ...limits, oracleUses: 0 }, {}, report)
      return
    case 'init':
      checkUses(entry.outcome.oracles, limits, { method: 'init' }, report)
      return
    case 'alarm':
      checkUses(entry.outcome.oracles, limits, { method: entry.method }, report)
      return
    case 'calls':
      for (const [call, { oracles }] of entry.outcomes.entries()) {
        const method = request?.calls[call]?.[0] ?? null
        checkUses(oracles, limits, { call, method }, report)
      }
      return
    default:
      entry satisfies never
  }
}

function checkUses(
  uses: readonly OracleUse[],
  limits: UseLimits,
  place: FaultDetail,
  report: Report,
): void {
  const fail = (path: string, expected: string, got: string): void =>
    report('ORACLE_INVALID', { ...place, part: 'oracles', path, expected, got })
  const atMost = (limit: number, count: number, unit: string, path: string): void => {
    if (count > limit) fail(path, `at most ${limit} ${unit}`, `${count} ${unit}`)
  }
  const decoded = (bytes: Uint8Array, path: string): unknown => {
    try {
      // The value's size has a limit of its own.
      return decodeValue(bytes, { maxBytes: bytes.length })
    } catch (error) {
      fail(path, 'a value', (error as Error).message)
      // The fault is reported. An empty array causes no second report.
      return []
    }
  }
  atMost(limits.oracleUses, uses.length, 'uses', '$')
  for (const [i, { args, value }] of uses.entries()) {
    atMost(limits.oracleArgsBytes, args.length, 'bytes', `$[${i}].args`)
    if (!Array.isArray(decoded(args, `$[${i}].args`)))
      fail(`$[${i}].args`, 'an array of arguments', 'another value')
    if (!value) continue
    atMost(limits.oracleResultBytes, value.length, 'bytes', `$[${i}].value`)
    decoded(value, `$[${i}].value`)
  }
}
