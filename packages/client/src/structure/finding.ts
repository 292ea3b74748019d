/** Findings of an audit of a ledger's structure. docs/spec/audit.md has the codes. */
import {
  type FaultDetail,
  type StructureCode as RuleCode,
  STRUCTURE_FAULTS,
  TREE_MISMATCH,
} from '@vms/format/structure'

/** Each is proven by signatures and hashes alone. */
export type StructureCode = RuleCode | 'TREE_MISMATCH'

/** One thing that no honest host records. */
export interface StructureFinding {
  readonly code: StructureCode
  /** Index of the entry. */
  readonly entry: number
  /** Number of the call within its request, if it is about one. */
  readonly call: number | null
  /** The finding in words. */
  readonly message: string
  /** What an honest host would have recorded, and what stands there; null where the message says it all. */
  readonly expected: string | null
  readonly got: string | null
}

/** Characters of `expected` and `got`: a hostile ledger must not make a report huge. */
const TEXT_MAX = 500

export const structureFinding = (
  code: StructureCode,
  entry: number,
  { call, expected, got }: FaultDetail = {},
): StructureFinding => ({
  code,
  entry,
  call: call ?? null,
  message: code === 'TREE_MISMATCH' ? TREE_MISMATCH : STRUCTURE_FAULTS[code],
  expected: expected?.slice(0, TEXT_MAX) ?? null,
  got: got?.slice(0, TEXT_MAX) ?? null,
})
