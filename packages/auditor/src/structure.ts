/**
 * The checks that need no replay, as an audit makes them: the rules of the format, up to the first fault, and that the ledger's
 * semantics and engines are ones that this release knows. Each finding of the rules is proven: who has the bytes can check it
 * without running anything.
 */
import type { BootEntry, Crypto } from '@vms/format'
import { type CheckedEntry, Structure as Rules } from '@vms/format/structure'
import { knownSemantics, knowsSemantics, releaseOfSemantics, runsOn } from '@vms/sandbox'
import { raise } from './finding.ts'

export interface StructureOptions {
  readonly crypto: Crypto
  readonly ledgerKey: Uint8Array
  /** Hash that block 0 must have: the ledger's key commits to it. */
  readonly genesisHash: Uint8Array
}

export class Structure {
  #rules: Rules
  #semantics = 0

  constructor(options: StructureOptions) {
    this.#rules = new Rules({
      ...options,
      report: (code, detail) => raise(code, { entry: this.length, ...detail }),
      later: () => {
        throw new Error('this engine answers at once')
      },
    })
  }

  /** Number of entries so far: the index of the next one. */
  get length(): number {
    return this.#rules.past.length
  }

  /** Whether the next entry begins a group: if not, the ledger stops in the middle of one. */
  get atBorder(): boolean {
    return this.#rules.past.atBorder
  }

  /** Checks the next entry and takes it in. Throws {@link FindingRaised}. */
  check(block: Uint8Array): CheckedEntry {
    // Null only where the rules went on after a fault.
    const checked = this.#rules.check(block) as CheckedEntry
    const { entry, index } = checked
    if (entry.type === 'genesis') {
      checkSemantics(entry.semantics)
      this.#semantics = entry.semantics
    } else if (entry.type === 'boot') {
      checkEngine(this.#semantics, entry, index)
    }
    return checked
  }
}

function checkSemantics(semantics: number): void {
  if (knowsSemantics(semantics)) return
  raise('SEMANTICS_UNKNOWN', {
    entry: 0,
    part: 'semantics',
    expected: knownSemantics.map(({ number }) => number).join(', '),
    got: String(semantics),
    cause: `the ledger was recorded with semantics ${semantics}: verify it with ${releaseOfSemantics(semantics)}`,
  })
}

// A host may not excuse a difference by an engine that its machine would have refused to run on.
function checkEngine(semantics: number, { engine }: BootEntry, index: number): void {
  if (runsOn(semantics, engine)) return
  raise('ENGINE_UNLISTED', { entry: index, part: 'engine', got: JSON.stringify(engine) })
}
