/**
 * The audit without a replay: each entry is under the signed head and has its form and place, and each request has its caller's signature.
 * Only a replay shows whether the script's answers are right.
 */
import { type Checker, type LedgerManifest, type SignedHead, sameBytes } from '@vms/format'
import { type FaultDetail, StructureRules, type WaitingAlarms } from '@vms/format/structure'
import { webSha256 } from '@vms/format/web-crypto'
import { type StructureCode, type StructureFinding, structureFinding } from './finding.ts'
import { type LedgerNotes, NotesCollector } from './ledger-notes.ts'

/** Most findings in a report: a few show what is wrong with a ledger. */
const FINDINGS_KEPT = 100

/** The report of an audit. */
export interface StructureReport {
  /** The audited head. */
  readonly head: SignedHead
  readonly entries: number
  /** Number of groups: entries that were committed together. */
  readonly groups: number
  readonly requests: number
  /** Number of callers' signatures checked. */
  readonly signatures: number
  /** Findings in the order of their entries, at most 100. Empty if nothing is wrong. */
  readonly findings: readonly StructureFinding[]
  /** Notes for the reader. They accuse nobody. */
  readonly notes: LedgerNotes
}

/** The result of an audit after its last entry. */
export type StructureResult = Omit<StructureReport, 'notes'>

export interface StructureAuditOptions {
  readonly crypto: Checker
  readonly ledgerKey: Uint8Array
  readonly manifest: LedgerManifest
}

export class StructureAudit {
  #rules: StructureRules
  #findings: StructureFinding[] = []
  #requests = 0
  #signatures = 0
  #notes = new NotesCollector()
  #checking: Promise<void>[] = []

  constructor({ crypto, ledgerKey, manifest }: StructureAuditOptions) {
    this.#rules = new StructureRules({
      crypto: { ...crypto, sha256: webSha256 },
      ledgerKey,
      manifest,
      report: (code, detail) => this.#find(code, this.length, detail),
      later: (holds, code, detail) => this.#await(holds, code, detail),
    })
  }

  /** Entries taken in so far. */
  get length(): number {
    return this.#rules.past.length
  }

  /** Findings so far. */
  get findings(): number {
    return this.#findings.length
  }

  /** Checks the next entries, in order. Resolves when their signatures are checked. */
  async add(blocks: readonly Uint8Array[]): Promise<void> {
    for (const block of blocks) this.#take(block)
    await Promise.all(this.#checking)
    this.#checking = []
  }

  /** Call after the last entry below `head`. */
  finish(head: SignedHead): StructureResult {
    const { length, groups, tree, atBorder } = this.#rules.past
    if (length !== head.length || !sameBytes(tree.hash(), head.treeHash)) {
      this.#find('TREE_MISMATCH', length - 1)
    } else if (!atBorder) {
      this.#find('BORDER_INVALID', length - 1, {
        part: 'files',
        expected: 'the end of a group at the head',
        got: 'the middle of one',
      })
    }
    const findings = this.#findings.toSorted((a, b) => a.entry - b.entry)
    const { signatures, requests } = { signatures: this.#signatures, requests: this.#requests }
    return { head, entries: length, groups, requests, signatures, findings }
  }

  /** `now`: the reader's clock, in milliseconds since 1970. `waiting`: null if the files were not read. */
  notes(now: number, waiting: WaitingAlarms | null): LedgerNotes {
    return this.#notes.notes(now, waiting)
  }

  #take(block: Uint8Array): void {
    const checked = this.#rules.check(block)
    if (checked) this.#notes.take(checked.entry)
    if (checked?.entry.type !== 'calls') return
    this.#requests += 1
    const { entry, request } = checked
    if (entry.signature && request && typeof request.caller !== 'string') this.#signatures += 1
  }

  #await(holds: Promise<boolean>, code: StructureCode, detail: FaultDetail): void {
    const { length } = this
    const check = async (): Promise<void> => {
      if (!(await holds)) this.#find(code, length, detail)
    }
    this.#checking.push(check())
  }

  #find(code: StructureCode, entry: number, detail?: FaultDetail): void {
    if (this.#findings.length < FINDINGS_KEPT) {
      this.#findings.push(structureFinding(code, entry, detail))
    }
  }
}
