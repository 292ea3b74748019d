/**
 * The checks of an audit that need no replay: the rules of the format up to the first fault, and whether this release knows the ledger's
 * semantics and engines.
 */
import type { BootEntry, Crypto, GenesisEntry, LedgerManifest } from '@vms/format'
import { decodeEntry, decodeRequest } from '@vms/format'
import { type CheckedEntry, StructureRules as Rules } from '@vms/format/structure'
import {
  knownSemantics,
  knowsEngines,
  knowsSemantics,
  listsEngine,
  releaseOfSemantics,
} from '@vms/sandbox'
import { type FindingDetail, FindingRaised, finding } from '../findings/finding.ts'
import { type Landmarks, type ProofNeeds, proofNeeds, type RuleCode } from '../prove/proof-needs.ts'

export interface StructureOptions {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  /** What the ledger's key commits to. */
  readonly manifest: LedgerManifest
}

/** A rule that an entry breaks, and the proof. */
export interface BrokenRule {
  readonly code: RuleCode
  readonly detail: FindingDetail
  readonly needs: ProofNeeds
}

/** Thrown at the first broken rule. */
export class RuleBroken extends Error {
  readonly rule: BrokenRule

  constructor(rule: BrokenRule) {
    super(`${rule.code} at entry ${rule.detail.entry ?? '-'}`)
    this.name = 'RuleBroken'
    this.rule = rule
  }
}

export class StructureCheck {
  #rules: Rules
  #genesis: GenesisEntry | null = null
  #block: Uint8Array | null = null
  #boot = 0
  #upgradeBoot = 0
  /** Indexes at which the next entry's group and the group before that begin. */
  #groups: readonly [before: number, current: number] = [0, 0]

  constructor(options: StructureOptions) {
    this.#rules = new Rules({
      ...options,
      report: (code, detail) => this.#broken(code, { entry: this.length, ...detail }),
      later: () => {
        throw new Error('this engine answers at once')
      },
    })
  }

  /** Number of entries so far: the index of the next one. */
  get length(): number {
    return this.#rules.past.length
  }

  /** Tree hash over the entries so far. */
  get treeHash(): Uint8Array {
    return this.#rules.past.tree.hash()
  }

  /** Whether the next entry begins a group. If the ledger ends where this is false, it stops in the middle of a group. */
  get atBorder(): boolean {
    return this.#rules.past.atBorder
  }

  /** Checks the next entry and adds it to the state. Throws {@link RuleBroken}, and {@link FindingRaised} for an undecided finding. */
  check(block: Uint8Array): CheckedEntry {
    this.#block = block
    if (this.atBorder) this.#groups = [this.#groups[1], this.length]
    // The check returns null only when it continues after a fault, and this class stops at the first.
    const checked = this.#rules.check(block) as CheckedEntry
    const { entry, index } = checked
    if (entry.type === 'genesis') {
      checkSemantics(entry)
      this.#genesis = entry
    } else if (entry.type === 'boot') {
      this.#boot = index
      if (entry.reason === 'upgrade') this.#upgradeBoot = index
      this.#checkEngine(entry, index)
    }
    return checked
  }

  #broken(code: RuleCode, detail: FindingDetail): never {
    const index = detail.entry ?? this.length
    throw new RuleBroken({ code, detail, needs: proofNeeds(code, index, this.#landmarks()) })
  }

  #landmarks(): Landmarks {
    const { script } = this.#rules.past
    return {
      boot: this.#boot,
      upgradeBoot: this.#upgradeBoot,
      scriptSince: script.since,
      pendingUpgrade: script.pending?.entry ?? null,
      groupBefore: this.#groups[0],
      headLength: this.#block && headLength(this.#block),
    }
  }

  // A host cannot excuse a difference by naming an engine on which its machine would have refused to run.
  #checkEngine({ engine }: BootEntry, index: number): void {
    const { engines } = this.#genesis as GenesisEntry
    if (listsEngine(engines, engine)) return
    const expected = engines.map((one) => `V8 ${one.v8}, Unicode ${one.unicode}, ${one.arch}`)
    this.#broken('ENGINE_UNLISTED', {
      entry: index,
      part: 'engine',
      expected: expected.join(' or '),
      got: JSON.stringify(engine),
    })
  }
}

/** Length of the head that the block's request names; null if the block holds no request. */
function headLength(block: Uint8Array): number | null {
  try {
    const entry = decodeEntry(block)
    return entry.type === 'calls' ? decodeRequest(entry.request).head.length : null
  } catch {
    return null
  }
}

function checkSemantics({ semantics, engines }: GenesisEntry): void {
  if (!knowsSemantics(semantics))
    throw new FindingRaised(
      finding('SEMANTICS_UNKNOWN', {
        entry: 0,
        part: 'semantics',
        expected: knownSemantics.map(({ number }) => number).join(', '),
        got: String(semantics),
        cause: `the ledger was recorded with semantics ${semantics}: verify it with ${releaseOfSemantics(semantics)}`,
      }),
    )
  if (!knowsEngines(semantics, engines))
    throw new FindingRaised(
      finding('ENGINES_UNKNOWN', { entry: 0, part: 'engines', got: JSON.stringify(engines) }),
    )
}
