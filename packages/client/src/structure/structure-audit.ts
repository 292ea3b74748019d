/**
 * The audit that needs no replay: each entry is under the signed head, has its form and its place, and each request is its
 * caller's. What a script should have answered, only a replay tells.
 */
import {
  type Checker,
  decodeEntry,
  type Entry,
  type GenesisEntry,
  type LedgerManifest,
  type SignedHead,
  sameBytes,
} from '@vms/format'
import type { StructureCode, StructureFinding } from './finding.ts'
import { Past } from './past.ts'
import { checkRequest } from './request-rules.ts'
import { checkEntry } from './rules.ts'

/** Findings that are kept: what is wrong with a ledger is clear after a few. */
const FINDINGS_KEPT = 100

/** What an audit came to. */
export interface StructureReport {
  /** The head under which all of it is. */
  readonly head: SignedHead
  readonly entries: number
  /** Stretches of entries that were committed together. */
  readonly groups: number
  readonly requests: number
  /** Signatures of callers that were checked. */
  readonly signatures: number
  /** In the order of entries, at most 100. Empty if nothing is wrong. */
  readonly findings: readonly StructureFinding[]
}

export interface StructureAuditOptions {
  readonly crypto: Checker
  readonly ledgerKey: Uint8Array
  readonly manifest: LedgerManifest
}

export class StructureAudit {
  #options: StructureAuditOptions
  #past: Past
  #genesis: GenesisEntry | null = null
  #findings: StructureFinding[] = []
  #requests = 0
  #signatures = 0
  #checking: Promise<void>[] = []

  constructor(options: StructureAuditOptions) {
    this.#options = options
    this.#past = new Past(options.crypto)
  }

  /** Entries taken in so far. */
  get length(): number {
    return this.#past.length
  }

  /** Findings so far. */
  get findings(): number {
    return this.#findings.length
  }

  /** Takes in the next entries, in order, and resolves when their signatures are checked. */
  async add(blocks: readonly Uint8Array[]): Promise<void> {
    for (const block of blocks) this.#take(block)
    await Promise.all(this.#checking)
    this.#checking = []
  }

  /** All entries up to the head have been taken in. */
  finish(head: SignedHead): StructureReport {
    const { length, groups, tree, atBorder } = this.#past
    if (length !== head.length || !sameBytes(tree.hash(), head.treeHash)) {
      this.#find('TREE_MISMATCH', length - 1, 'these are not the entries that the host has signed')
    } else if (!atBorder) {
      this.#find('BORDER_INVALID', length - 1, 'the ledger stops in the middle of a group')
    }
    const findings = this.#findings.toSorted((a, b) => a.entry - b.entry)
    const { signatures, requests } = { signatures: this.#signatures, requests: this.#requests }
    return { head, entries: length, groups, requests, signatures, findings }
  }

  #take(block: Uint8Array): void {
    const index = this.#past.length
    const report = (code: StructureCode, message: string): void => this.#find(code, index, message)
    const { crypto, manifest, ledgerKey } = this.#options
    if (index === 0 && !sameBytes(crypto.hash(block), manifest.genesisHash)) {
      report('GENESIS_MISMATCH', 'the ledger begins otherwise than its address says')
    }
    let entry: Entry
    try {
      entry = decodeEntry(block)
    } catch (error) {
      report('ENTRY_INVALID', `it is no entry: ${(error as Error).message}`)
      this.#past.append(block, false)
      return
    }
    if (entry.type === 'genesis') this.#genesis ??= entry
    const genesis = this.#genesis
    if (genesis) {
      let isUpgrade = false
      if (entry.type === 'calls') {
        this.#requests += 1
        const place = { entry, index, genesis, ledgerKey }
        const looked = checkRequest(crypto, this.#past, place, report)
        this.#await(looked.signature, index)
        isUpgrade = looked.isUpgrade
      }
      checkEntry(this.#past, entry, { genesis, isUpgrade }, report)
    } else {
      report('ENTRY_MISPLACED', 'the ledger does not begin with its beginning')
    }
    this.#past.append(block, entry.files !== null)
  }

  #await(holds: Promise<boolean> | null, index: number): void {
    if (!holds) return
    this.#signatures += 1
    const check = async (): Promise<void> => {
      if (await holds) return
      this.#find('SIGNATURE_INVALID', index, 'its caller did not sign this request')
    }
    this.#checking.push(check())
  }

  #find(code: StructureCode, entry: number, message: string): void {
    if (this.#findings.length < FINDINGS_KEPT) this.#findings.push({ code, entry, message })
  }
}
