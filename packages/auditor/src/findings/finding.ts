/** Findings: what an audit found wrong, each with the entry, the call, the part that differs, and the likely cause. */
import { STRUCTURE_FAULTS, type StructureCode, TREE_MISMATCH } from '@vms/format/structure'
import type { Evidence } from './evidence.ts'

/**
 * How sure a finding is.
 * - `proven`: signatures and hashes alone show it, and the finding carries them; nothing has to be run again to believe it.
 * - `reproducible`: auditing the ledger again shows it, on any machine with the same engine.
 * - `undecided`: something keeps the audit from saying.
 */
export type Severity = 'proven' | 'reproducible' | 'undecided'

type StructureFindings = { readonly [Code in StructureCode]: readonly ['proven', string] }

const structureFindings = Object.fromEntries(
  Object.entries(STRUCTURE_FAULTS).map(([code, cause]) => [code, ['proven', cause]]),
) as unknown as StructureFindings

/** Every code, with its severity and the likely cause in words. `docs/spec/audit.md` says when each is raised. */
export const FINDINGS = {
  ...structureFindings,
  TREE_MISMATCH: ['undecided', TREE_MISMATCH],
  KEY_MISMATCH: ['undecided', 'the data is not the ledger of this key'],
  HEAD_UNSIGNED: ['undecided', "the head is not signed by the ledger's key"],
  SEMANTICS_UNKNOWN: ['undecided', 'the ledger was recorded by a release with other semantics'],
  BOOT_DIFFERS: [
    'reproducible',
    'the host ran another script than the one that is in effect, or its machine was tampered with',
  ],
  INIT_DIFFERS: ['reproducible', "the host altered what the script's init did, or left it out"],
  ORACLE_DIFFERS: [
    'reproducible',
    'the host altered what the script asked an oracle, or ran another script, argument, caller or time',
  ],
  STATUS_DIFFERS: [
    'reproducible',
    'the host altered whether the call returned, threw or aborted, or ran another script, argument, caller or time',
  ],
  VALUE_DIFFERS: [
    'reproducible',
    'the host altered the returned value, or ran another script, argument, caller or time',
  ],
  ERROR_DIFFERS: [
    'reproducible',
    'the host altered the thrown error, or ran another script, argument, caller or time',
  ],
  ABORT_DIFFERS: ['reproducible', 'the host altered why the call aborted'],
  CHANGES_DIFFER: [
    'reproducible',
    'the host altered what the call wrote, or ran another script, argument, caller or time',
  ],
  FUEL_DIFFERS: ['reproducible', 'the host altered how much fuel the call used'],
  ALARM_INVENTED: ['reproducible', 'the host fired an alarm that was not pending'],
  ALARM_DIFFERS: ['reproducible', 'the host fired another alarm than the one that was set'],
  ALARM_MISSED: ['reproducible', 'the host went on past an alarm that was due before'],
  FILES_DIFFER: [
    'reproducible',
    'the host changed files outside the ledger, or wrote a files head that is not theirs',
  ],
  ARCHIVE_DIFFERS: ['proven', 'the host signed other files than those that its ledger names'],
  FILES_UNSIGNED: [
    'undecided',
    'the trees of the files are not those that the host signed: they were damaged or replaced on their way here',
  ],
  FILES_FORKED: ['proven', 'the host signed two histories of the files that contradict each other'],
  CONTENTS_DAMAGED: [
    'undecided',
    'the files have other bytes than their signed tree hash covers: the bytes were damaged or replaced on their way here',
  ],
  FILES_UNACCOUNTED: [
    'undecided',
    'the files have signed blocks that no head of the ledger accounts for: the publisher showed no newer head',
  ],
  LEDGER_FORKED: ['proven', 'the host signed two histories that contradict each other'],
  FORK_CLAIMED: [
    'undecided',
    'peers claim that the ledger has another history, and show no signature of it: anybody can claim that',
  ],
  RECEIPT_MISSING: [
    'proven',
    'the host dropped or replaced an entry that it had given a receipt for',
  ],
  LEDGER_BEHIND: [
    'undecided',
    "this copy of the ledger is shorter than the receipt's head: audit a newer copy",
  ],
  RECEIPT_INVALID: ['undecided', 'the receipt itself does not hold, so it proves nothing'],
  SCRIPT_NONDETERMINISTIC: [
    'undecided',
    'the script gives other results each time it runs, so nobody can tell what the host did',
  ],
  ENGINE_DIFFERS: [
    'undecided',
    'the difference may come from the engine: it was recorded on another one',
  ],
  ENGINE_UNLISTED: [
    'proven',
    'the host ran the script on an engine that the genesis does not list, on which no machine of its release starts',
  ],
  ENGINES_UNKNOWN: [
    'undecided',
    'the genesis lists other engines for its semantics than this release of VMS: verify it with the release that recorded it',
  ],
  REPLAY_REFUSED: ['undecided', "the auditor's own machine died or ran into its backstop"],
  BUDGET_EXCEEDED: [
    'undecided',
    "the audit has come to the end of one of its own budgets, which its 'part' names; a larger one goes further",
  ],
  WITHHELD: ['undecided', 'the audit could not get a part of the ledger or of the files'],
} as const satisfies Record<string, readonly [Severity, string]>

export type FindingCode = keyof typeof FINDINGS

/** Codes whose findings are proven if the evidence is there. */
export type ProvenCode = {
  [Code in FindingCode]: (typeof FINDINGS)[Code][0] extends 'proven' ? Code : never
}[FindingCode]

interface Found {
  readonly code: FindingCode
  /** Index of the entry; null if the finding is about the whole ledger. */
  readonly entry: number | null
  /** Number of the call within the request. */
  readonly call: number | null
  readonly method: string | null
  /** What differs: `value`, `changes`, `signature`, … */
  readonly part: string | null
  /** Where in that part, such as `$.items[2]`. */
  readonly path: string | null
  readonly expected: string | null
  readonly got: string | null
  readonly cause: string
}

/** A finding that convinces a stranger: the bytes that prove it come with it. */
export interface ProvenFinding extends Found {
  readonly severity: 'proven'
  readonly evidence: Evidence
}

/** A finding that does not accuse the host, or that a doubter must confirm by another audit of the ledger. */
export interface OtherFinding extends Found {
  readonly severity: Exclude<Severity, 'proven'>
  readonly evidence: null
}

/** One finding. `expected` is the record of an honest host, `got` the actual one. */
export type Finding = ProvenFinding | OtherFinding

/** The place and the difference. A field that is left out is null; a cause that is left out is the code's. */
export type FindingDetail = Partial<Omit<Found, 'code'>>

/** Most characters of `expected` and `got`: people read reports, and a hostile ledger must not make them huge. */
const TEXT_MAX = 500

const cut = (text: string | null | undefined): string | null =>
  text == null
    ? null
    : text.length > TEXT_MAX
      ? `${text.slice(0, TEXT_MAX)}… (${text.length} characters)`
      : text

const found = (code: FindingCode, detail: FindingDetail): Found => ({
  code,
  entry: detail.entry ?? null,
  call: detail.call ?? null,
  method: detail.method ?? null,
  part: detail.part ?? null,
  path: detail.path ?? null,
  expected: cut(detail.expected),
  got: cut(detail.got),
  cause: detail.cause ?? FINDINGS[code][1],
})

/** A finding of a code that is never proven. */
export function finding(
  code: Exclude<FindingCode, ProvenCode>,
  detail: FindingDetail = {},
): OtherFinding {
  return { ...found(code, detail), severity: FINDINGS[code][0], evidence: null }
}

/** A finding that `evidence` proves. Without evidence, a doubter has to audit the ledger: the finding is reproducible. */
export function accusation(
  code: ProvenCode,
  detail: FindingDetail,
  evidence: Evidence | null,
): Finding {
  return evidence
    ? { ...found(code, detail), severity: 'proven', evidence }
    : { ...found(code, detail), severity: 'reproducible', evidence: null }
}

/** A check throws this to stop at its first finding, which does not accuse the host. */
export class FindingRaised extends Error {
  readonly finding: OtherFinding

  constructor(raised: OtherFinding) {
    super(`${raised.code} at entry ${raised.entry ?? '-'}`)
    this.name = 'FindingRaised'
    this.finding = raised
  }
}
