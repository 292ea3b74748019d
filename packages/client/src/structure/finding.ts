/** Findings of an audit of a ledger's structure. docs/spec/audit.md has the codes. */
import {
  type FaultDetail,
  type StructureCode as RuleCode,
  STRUCTURE_FAULTS,
  TREE_MISMATCH,
} from '@vms/format/structure'

/** Codes of findings. Signatures and hashes alone prove each finding. */
export type StructureCode = RuleCode | 'TREE_MISMATCH'

/** One thing that no honest host records. */
export interface StructureFinding {
  readonly code: StructureCode
  /** Index of the entry. */
  readonly entry: number
  /** Number of the call within its request; null if the finding is about no call. */
  readonly call: number | null
  /** The finding in words. */
  readonly message: string
  /** The record of an honest host, and the actual one; null where the message is enough. */
  readonly expected: string | null
  readonly got: string | null
}

/** Most characters of `expected` and `got`: a hostile ledger must not make a report huge. */
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
