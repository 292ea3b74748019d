/**
 * One passage through a ledger: reads it group by group, checks the structure, replays, and stops at the first finding.
 *
 * Groups are replayed in stretches, so that a ledger of many small groups costs few round trips to the machine.
 */
import { type Crypto, callsExecuted, type GenesisEntry } from '@vms/format'
import { Chronicle } from './chronicle.ts'
import { type Finding, FindingRaised, finding } from './finding.ts'
import type { ReceiptCheck } from './receipts.ts'
import type { Divergence, Replay } from './replay.ts'
import type { LedgerSource } from './source.ts'
import { type CheckedEntry, Structure } from './structure.ts'

/** Calls replayed in one stretch: bounds memory and how far the machine runs ahead of the auditor's files. */
const STRETCH_CALLS = 1_024

/** Bytes of entries in one stretch. */
const STRETCH_BYTES = 16 * 1024 * 1024

export interface PassageOptions {
  readonly source: LedgerSource
  readonly crypto: Crypto
  readonly replay: Replay
  readonly receipts?: ReceiptCheck
  /** Entries to read: to the head, or less to look at one place again. */
  readonly until: number
  readonly onEntry?: (done: number) => void
  readonly signal?: AbortSignal
}

export interface PassageResult {
  /** First thing found by structure or by replay; null if there is none. */
  readonly finding: Finding | null
  readonly divergence: Divergence | null
  readonly chronicle: Chronicle
  readonly genesis: GenesisEntry | null
  /** Calls that were replayed. */
  readonly calls: number
}

export async function passThrough(options: PassageOptions): Promise<PassageResult> {
  const { source, crypto, replay } = options
  const chronicle = new Chronicle(crypto)
  const structure = new Structure({
    crypto,
    ledgerKey: source.key,
    genesisHash: source.manifest.genesisHash,
    chronicle,
  })
  const stretch: CheckedEntry[][] = []
  let group: CheckedEntry[] = []
  let calls = 0
  let waiting = { calls: 0, bytes: 0 }
  let genesis: GenesisEntry | null = null
  const result = (found: Finding | null, divergence: Divergence | null): PassageResult => ({
    finding: found,
    divergence,
    chronicle,
    genesis,
    calls,
  })
  const play = async (): Promise<Divergence | null> => {
    const divergence = await replay.play(stretch)
    calls += waiting.calls
    options.onEntry?.(stretch.at(-1)?.at(-1)?.index ?? 0)
    stretch.length = 0
    waiting = { calls: 0, bytes: 0 }
    return divergence
  }
  try {
    for await (const block of source.entries(0, options.until)) {
      options.signal?.throwIfAborted()
      options.receipts?.entry(chronicle.length, block)
      const checked = structure.check(block)
      if (checked.entry.type === 'genesis') genesis = checked.entry
      if (checked.entry.type === 'calls') waiting.calls += callsExecuted(checked.entry.outcomes)
      waiting.bytes += block.length
      group.push(checked)
      if (!structure.atBorder) continue
      options.receipts?.groupEnd(chronicle.length, () => chronicle.tree.hash())
      stretch.push(group)
      group = []
      if (waiting.calls < STRETCH_CALLS && waiting.bytes < STRETCH_BYTES) continue
      const divergence = await play()
      if (divergence) return result(divergence.finding, divergence)
    }
  } catch (error) {
    if (!(error instanceof FindingRaised)) throw error
    // What came before is replayed still: a difference there is the earlier one.
    const divergence = await play()
    return result(divergence?.finding ?? error.finding, divergence)
  }
  const divergence = await play()
  if (divergence) return result(divergence.finding, divergence)
  return result(endFinding(options, chronicle, group), null)
}

function endFinding(
  { source, until }: PassageOptions,
  { length }: Chronicle,
  rest: readonly CheckedEntry[],
): Finding | null {
  if (length < until)
    return finding('WITHHELD', {
      entry: length,
      part: 'entries',
      expected: `${until} entries`,
      got: `${length}`,
    })
  if (rest.length > 0 && until === source.head.length) {
    return finding('BORDER_INVALID', {
      entry: length - 1,
      part: 'files',
      expected: 'the end of a group at the head',
      got: 'the middle of one',
    })
  }
  return null
}
