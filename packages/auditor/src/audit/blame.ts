/**
 * Blame: who caused a difference between replay and ledger. The auditor runs the replay again under perturbation (JIT tiers, heap,
 * stack, locale). If the replays disagree with each other, the script is nondeterministic and the audit is undecided. If they agree,
 * on the engine that recorded the ledger, the host caused it.
 */
import { sameBytes } from '@vms/format'
import {
  nodesOf,
  type Perturbation,
  perturbationsHere,
  sameEngine,
  secondOpinions,
} from '@vms/sandbox'
import type { Divergence, Engine } from '../findings/divergence.ts'
import {
  type Finding,
  type FindingCode,
  type FindingDetail,
  finding,
  type ProvenCode,
} from '../findings/finding.ts'

/** Codes of findings that end a replay for the auditor's own reasons. They say nothing about the ledger. */
const ENDS = ['REPLAY_REFUSED', 'BUDGET_EXCEEDED', 'WITHHELD'] as const

const endOf = (code: FindingCode): (typeof ENDS)[number] | undefined =>
  ENDS.find((end) => end === code)

/** Replays under a perturbation, up to and including the differing entry. */
export type ReplayAgain = (perturbation: Perturbation, until: number) => Promise<Divergence | null>

/**
 * The findings for a divergence that a replay on `engine` found in a ledger of `semantics`: the divergence, preceded by a doubt if there is
 * one.
 */
export async function blame(
  divergence: Divergence,
  { engine, semantics }: { readonly engine: Engine | null; readonly semantics: number },
  again: ReplayAgain,
): Promise<Finding[]> {
  const { finding: first, replayed, recordedOn } = divergence
  if (first.severity !== 'reproducible') return [first]
  let refusal: Divergence | null = null
  let confirmed = false
  for (const perturbation of await perturbationsHere(secondOpinions)) {
    const other = await again(perturbation, (first.entry ?? 0) + 1)
    // A machine that hit its backstop contributes no result: it may only be slower under this perturbation.
    if (other && endOf(other.finding.code)) {
      refusal ??= other
      continue
    }
    const agrees =
      other !== null &&
      other.finding.entry === first.entry &&
      other.finding.call === first.call &&
      sameBytes(other.replayed, replayed)
    if (agrees) {
      confirmed = true
      continue
    }
    const gave = other
      ? `${other.finding.code} at entry ${other.finding.entry}: ${other.finding.expected}`
      : 'what the ledger has'
    const got = `${gave} (replayed ${perturbation.name})`
    return doubt('SCRIPT_NONDETERMINISTIC', first, { got })
  }
  // One replay alone does not accuse the host: a fault that ends every other machine may also have affected the first replay.
  if (!confirmed && refusal !== null) {
    const { code, part, expected, got } = refusal.finding
    const why = { part, path: null, expected, got }
    return doubt(endOf(code) ?? 'REPLAY_REFUSED', first, why)
  }
  if (engine && recordedOn && !sameEngine(engine, recordedOn)) {
    const [expected, got] = [JSON.stringify(engine), JSON.stringify(recordedOn)]
    const cause = `the difference may come from the engine: audit ${whereDecided(semantics, recordedOn)} to decide it`
    return doubt('ENGINE_DIFFERS', first, { part: 'engine', path: null, expected, got, cause })
  }
  return [first]
}

const whereDecided = (semantics: number, { v8, unicode, arch }: Engine): string =>
  `with ${nodesOf(semantics, { v8, unicode, arch }) || `V8 ${v8}`} on ${arch}`

/** Puts a doubt in front of a finding. The finding then no longer accuses the host. */
function doubt(
  code: Exclude<FindingCode, ProvenCode>,
  first: Finding,
  detail: FindingDetail,
): Finding[] {
  const { cause: _, ...place } = first
  const reason = finding(code, { ...place, ...detail })
  return [reason, { ...first, severity: 'undecided', evidence: null, cause: reason.cause }]
}
