/** Evidence of findings about a host: entries and earlier trees of its ledgers, and its signed statements. */
import type { Crypto } from '@vms/format'
import type { Evidence } from '../findings/evidence.ts'
import { needsOf } from '../prove/proof-needs.ts'
import { prove } from '../prove/prove.ts'
import type { LedgerSource } from '../read/source.ts'
import type { HostEvidence } from './finding.ts'

/** Evidence of entries of one ledger, and of its tree at these lengths; null if it is too long, or if the source no longer has it. */
export const proveLedger = (
  crypto: Crypto,
  source: LedgerSource,
  entries: readonly number[],
  trees: readonly number[] = [],
): Promise<Evidence | null> => {
  const spans = entries.map((index) => [index, index + 1] as const)
  return prove({ crypto, source, needs: needsOf(spans, { trees }) })
}

/** The whole evidence; null if a part is missing, because the rest proves nothing. */
export function hostEvidence(
  parts: readonly (Evidence | null)[],
  statement: string | null = null,
): HostEvidence | null {
  const ledgers = parts.filter((part) => part !== null)
  return ledgers.length < parts.length ? null : { ledgers, statement }
}
