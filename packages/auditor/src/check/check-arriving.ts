/**
 * Checks entries as they arrive against the rules of the format, and stops the download at the first broken rule. The audit, which
 * reads the same entries, gives the verdict.
 */
import { callsExecuted, type Entry } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { FindingRaised } from '../findings/finding.ts'
import type { LedgerSource } from '../read/source.ts'
import { RuleBroken, StructureCheck } from './structure-check.ts'

/** The entries that have arrived. */
export interface ArrivedEntries {
  /** Number of entries that keep the rules. */
  readonly entries: number
  /** Number of calls in those entries. */
  readonly calls: number
  /** The last entry; null if one of the entries breaks a rule. */
  readonly last: Entry | null
  /** Tree hash over all entries up to the head; null if one of them breaks a rule or is missing. */
  readonly treeHash: Uint8Array | null
}

/** Reads all entries up to the head, or up to the first one that breaks a rule. Rejects with the source's errors. */
export async function checkArriving(
  source: LedgerSource,
  onEntry: (entries: number) => void = () => {},
): Promise<ArrivedEntries> {
  const { key, manifest, head } = source
  const structure = new StructureCheck({ crypto: sodiumCrypto, ledgerKey: key, manifest })
  let calls = 0
  let last: Entry | null = null
  try {
    for await (const block of source.entries(0, head.length)) {
      last = structure.check(block).entry
      calls += callsOf(last)
      onEntry(structure.length)
    }
  } catch (error) {
    if (!(error instanceof FindingRaised || error instanceof RuleBroken)) throw error
    last = null
  }
  const isWhole = last !== null && structure.length === head.length
  return {
    entries: structure.length,
    calls,
    last: isWhole ? last : null,
    treeHash: isWhole ? structure.treeHash : null,
  }
}

const callsOf = (entry: Entry): number =>
  entry.type === 'calls' ? callsExecuted(entry.outcomes) : entry.type === 'alarm' ? 1 : 0
