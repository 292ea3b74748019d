/**
 * Reads a ledger once, group by group: checks the structure, replays, and stops at the first finding.
 */
import { type Crypto, callsExecuted, type GenesisEntry, outcomesOf } from '@vms/format'
import { type CheckedEntry, HistoryNotes } from '@vms/format/structure'
import { type BrokenRule, RuleBroken, StructureCheck } from '../check/structure-check.ts'
import { type BudgetMeter, budgetFinding } from '../findings/budgets.ts'
import type { Divergence } from '../findings/divergence.ts'
import { type Finding, FindingRaised, finding } from '../findings/finding.ts'
import { forkFinding } from '../findings/fork.ts'
import { needsOf } from '../prove/proof-needs.ts'
import type { LedgerSource } from '../read/source.ts'
import type { Replay } from '../replay/replay.ts'

export interface ReplayLedgerOptions {
  readonly source: LedgerSource
  readonly crypto: Crypto
  readonly replay: Replay
  readonly meter: BudgetMeter
  /** Whether the callers' signatures of the entries that hash to the head are known to hold. */
  readonly signaturesHold?: boolean
  /** Number of entries to read: the head's length, or fewer to examine one place again. */
  readonly until: number
  readonly onEntry?: (done: number) => void
  readonly signal?: AbortSignal
}

export interface ReplayLedgerResult {
  /** An undecided finding, or the replay's finding; null if there is none. */
  readonly finding: Finding | null
  /** The first broken rule of the format. Its proof is gathered later. */
  readonly rule: BrokenRule | null
  readonly divergence: Divergence | null
  /** Number of entries read. */
  readonly entries: number
  readonly genesis: GenesisEntry | null
  readonly notes: HistoryNotes
  /** Number of calls replayed. */
  readonly calls: number
  /** Number of calls, alarms and inits that used an oracle. */
  readonly oracles: number
}

export async function replayLedger(options: ReplayLedgerOptions): Promise<ReplayLedgerResult> {
  const { source, crypto, replay, meter } = options
  const structure = new StructureCheck({
    crypto: options.signaturesHold ? { ...crypto, verify: () => true } : crypto,
    ledgerKey: source.key,
    manifest: source.manifest,
  })
  let group: CheckedEntry[] = []
  let calls = 0
  let oracles = 0
  let genesis: GenesisEntry | null = null
  const notes = new HistoryNotes()
  const result = (
    found: Finding | null,
    divergence: Divergence | null,
    rule: BrokenRule | null = null,
  ): ReplayLedgerResult => ({
    finding: found,
    rule,
    divergence,
    entries: structure.length,
    genesis,
    notes,
    calls,
    oracles,
  })
  const play = async (): Promise<Divergence | null> => {
    const divergence = await replay.play(group)
    for (const { entry } of group) {
      const outcomes = outcomesOf(entry)
      calls += entry.type === 'calls' ? callsExecuted(outcomes) : 0
      oracles += outcomes.filter((outcome) => outcome.oracles.length > 0).length
    }
    options.onEntry?.(structure.length)
    return divergence
  }
  let raised: Finding | null = null
  let rule: BrokenRule | null = null
  try {
    let held = 0
    for await (const block of meter.eachInTime(source.entries(0, options.until))) {
      options.signal?.throwIfAborted()
      held += block.length
      meter.holds(held)
      const checked = structure.check(block)
      if (checked.entry.type === 'genesis') genesis = checked.entry
      notes.take(checked.entry)
      group.push(checked)
      if (!structure.atBorder) continue
      const divergence = await play()
      if (divergence) return result(divergence.finding, divergence)
      group = []
      held = 0
    }
  } catch (error) {
    if (error instanceof RuleBroken) rule = error.rule
    else if (error instanceof FindingRaised) raised = error.finding
    else raised = (await forkFinding(error)) ?? budgetFinding(error, structure.length)
    if (!raised && !rule) throw error
  }
  // Also replay the entries before a finding or before `until`: a difference in them comes first.
  const divergence = (group.length > 0 ? await play() : null) ?? (await replay.finish())
  if (divergence) return result(divergence.finding, divergence)
  if (raised || rule) return result(raised, null, rule)
  const { length } = structure
  return result(withheld(options, length), null, unended(options, length, group))
}

function withheld({ until }: ReplayLedgerOptions, length: number): Finding | null {
  if (length === until) return null
  const expected = `${until} entries`
  return finding('WITHHELD', { entry: length, part: 'entries', expected, got: `${length}` })
}

function unended(
  { source, until }: ReplayLedgerOptions,
  length: number,
  rest: readonly CheckedEntry[],
): BrokenRule | null {
  if (length < until || rest.length === 0 || until !== source.head.length) return null
  const detail = {
    entry: length - 1,
    part: 'files',
    expected: 'the end of a group at the head',
    got: 'the middle of one',
  }
  return { code: 'BORDER_INVALID', detail, needs: needsOf([[length - 1, length]]) }
}
