/**
 * The audit: takes an untrusted ledger, replays its whole history, and reports its findings.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Crypto, type GenesisEntry, type Receipt, sameBytes } from '@vms/format'
import { sodiumCrypto } from '@vms/format/sodium'
import { ScratchFiles } from '@vms/ledger'
import {
  Machine,
  type MachineOptions,
  type OraclePort,
  type Perturbation,
  perturbed,
} from '@vms/sandbox'
import { machineOptions } from '@vms/sandbox/execution'
import { type ArchiveChecked, type ContentsCheck, checkArchive } from '../check/archive-check.ts'
import type { ArrivedEntries } from '../check/check-arriving.ts'
import { Custody, checkKeys } from '../check/custody.ts'
import { type Contradiction, ReceiptCheck } from '../check/receipts.ts'
import type { BrokenRule } from '../check/structure-check.ts'
import { NO_ALARMS } from '../compare/alarms.ts'
import { CALL_CPU_MS, CALL_WALL_MS } from '../findings/audit-limits.ts'
import { type AuditBudgets, BudgetMeter, budgetFinding } from '../findings/budgets.ts'
import { type Evidence, evidenceReceipt } from '../findings/evidence.ts'
import { accusation, type Finding } from '../findings/finding.ts'
import { forkFinding } from '../findings/fork.ts'
import type { ProofNeeds } from '../prove/proof-needs.ts'
import { prove } from '../prove/prove.ts'
import type { ArchiveSource, LedgerSource } from '../read/source.ts'
import { Replay } from '../replay/replay.ts'
import { blame } from './blame.ts'
import { type ReplayLedgerResult, replayLedger } from './replay-ledger.ts'
import { type AuditReport, makeReport } from './report.ts'

/** How far an audit is. */
export interface AuditProgress {
  readonly step: 'replay' | 'again' | 'compare'
  /** Entries done and to do. */
  readonly done: number
  readonly total: number
}

export interface AuditOptions {
  readonly ledger: LedgerSource
  /** The published files. Without them, the audit checks only the ledger's statements about them. */
  readonly archive?: ArchiveSource
  /** How much of `archive` is compared. Default: `all`, every byte. */
  readonly contents?: ContentsCheck
  /** Receipts to compare with the ledger. */
  readonly receipts?: readonly Receipt[]
  /**
   * The result of {@link checkArriving} on this ledger. If it covers the same head, the audit does not check the callers' signatures a second
   * time: the entries must hash to the head, and entries that do so have been checked.
   */
  readonly arrived?: Pick<ArrivedEntries, 'treeHash'> | null | undefined
  /** Directory for the auditor's own files. Default: a temporary one, removed in the end. */
  readonly workDir?: string
  readonly onProgress?: (progress: AuditProgress) => void
  readonly signal?: AbortSignal
  /** The auditor's clock, in milliseconds since 1970. */
  readonly now?: () => number
  /** Budgets of the audit. Default: {@link AUDIT_BUDGETS}. The source counts the downloaded bytes. */
  readonly budgets?: Partial<AuditBudgets>
  readonly crypto?: Crypto
  /** Starts the machine. Tests pass another one. */
  readonly startMachine?: (options: MachineOptions) => Promise<Machine>
}

/** Audits a ledger up to its head. The report contains the findings. Rejects only if the audit could not run. */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const begun = performance.now()
  const workDir = options.workDir ?? (await mkdtemp(path.join(os.tmpdir(), 'vms-audit-')))
  try {
    return await new Audit(options, workDir).run(begun)
  } finally {
    if (!options.workDir) await rm(workDir, { recursive: true, force: true })
  }
}

class Audit {
  #options: AuditOptions
  #crypto: Crypto
  #source: LedgerSource
  #workDir: string
  #attempts = 0
  #foreign: Finding | null = null
  readonly #meter: BudgetMeter
  #archive: ArchiveChecked | null = null

  constructor(options: AuditOptions, workDir: string) {
    this.#options = options
    this.#crypto = options.crypto ?? sodiumCrypto
    // A source can move on to later heads. The audit is about the head that it began with.
    const { ledger } = options
    const { key, manifest, head } = ledger
    this.#source = {
      ...{ key, manifest, head },
      entries: (start, end) => ledger.entries(start, end),
      subtrees: async (from, to) => (await ledger.subtrees?.(from, to)) ?? null,
    }
    this.#meter = new BudgetMeter(options.budgets)
    this.#workDir = workDir
  }

  async run(begun: number): Promise<AuditReport> {
    const { receipts: given = [] } = this.#options
    const receipts = new ReceiptCheck(this.#crypto, this.#source.key, given)
    let passage: ReplayLedgerResult | null = null
    let replay: Replay | null = null
    const findings: Finding[] = []
    this.#foreign = checkKeys(this.#crypto, this.#source)
    if (!this.#foreign) {
      const custody = new Custody(this.#crypto, this.#source, receipts)
      ;[passage, replay] = await this.#replay(null, this.#source.head.length, custody)
    }
    if (this.#foreign) {
      // Until the entries hash to the signed head, none of them is known to be the host's.
      findings.push(this.#foreign)
      passage = null
      replay = null
    } else if (passage && replay) {
      findings.push(...(await this.#judge(passage, replay)))
      for (const contradiction of receipts.contradictions)
        findings.push(await this.#contradicted(contradiction))
      findings.push(...receipts.behind)
      findings.push(...(this.#archive?.findings ?? []))
    }
    findings.push(...receipts.invalid)
    const now = (this.#options.now ?? Date.now)()
    return makeReport({
      source: this.#source,
      genesis: passage?.genesis ?? null,
      findings,
      entries: passage?.entries ?? 0,
      calls: passage?.calls ?? 0,
      oracles: passage?.oracles ?? 0,
      epochs: replay?.epochs ?? 0,
      boots: passage?.notes.boots ?? { restart: 0, refusal: 0 },
      times: passage?.notes.span(now) ?? null,
      alarms: replay?.alarmCounts(now) ?? NO_ALARMS,
      receipts: given.length,
      contents: this.#archive && (this.#options.contents ?? 'all'),
      contentBytes: this.#archive?.bytes ?? 0,
      engine: replay?.engine ?? null,
      elapsedMs: Math.round(performance.now() - begun),
    })
  }

  async #judge(passage: ReplayLedgerResult, replay: Replay): Promise<Finding[]> {
    const { divergence } = passage
    if (divergence) {
      const auditor = { engine: replay.engine, semantics: passage.genesis?.semantics ?? 0 }
      return blame(divergence, auditor, (how, until) => this.#again(how, until))
    }
    if (passage.rule) return [await this.#broken(passage.rule)]
    return passage.finding ? [passage.finding] : []
  }

  async #broken({ code, detail, needs }: BrokenRule): Promise<Finding> {
    return accusation(code, detail, await this.#prove(needs))
  }

  async #contradicted({ receipt, detail, needs }: Contradiction): Promise<Finding> {
    const evidence = await this.#prove(needs)
    const held = evidence && { ...evidence, receipt: evidenceReceipt(receipt) }
    return accusation('RECEIPT_MISSING', detail, held)
  }

  #prove(needs: ProofNeeds): Promise<Evidence | null> {
    const { signal } = this.#options
    return prove({ crypto: this.#crypto, source: this.#source, needs, ...(signal && { signal }) })
  }

  /** Compares the published files. Call it before the auditor's own files are removed. */
  async #checkArchive(passage: ReplayLedgerResult, scratch: ScratchFiles): Promise<void> {
    const { archive, contents = 'all', onProgress, signal } = this.#options
    if (!archive || passage.divergence || passage.rule || passage.finding) return
    const check = checkArchive({
      crypto: this.#crypto,
      ledger: this.#source,
      head: this.#source.head,
      archive,
      scratch,
      contents,
      ...(signal && { signal }),
      onProgress: (done, total) => onProgress?.({ step: 'compare', done, total }),
    })
    try {
      this.#archive = await this.#meter.inTime(check)
    } catch (error) {
      const found = (await forkFinding(error)) ?? budgetFinding(error)
      if (!found) throw error
      this.#archive = { findings: [found], bytes: 0 }
    }
  }

  async #again(how: Perturbation, until: number): Promise<ReplayLedgerResult['divergence']> {
    const [{ divergence, finding: ended }] = await this.#replay(how, until)
    // Null for a replay that did not reach the difference: it does not count.
    return divergence ?? (ended && { finding: ended, replayed: new Uint8Array(), recordedOn: null })
  }

  get #signaturesHold(): boolean {
    const { arrived, ledger } = this.#options
    return !!arrived?.treeHash && sameBytes(arrived.treeHash, ledger.head.treeHash)
  }

  /** `custody` sees the entries of the first replay, as they arrive. */
  async #replay(
    how: Perturbation | null,
    until: number,
    custody: Custody | null = null,
  ): Promise<[ReplayLedgerResult, Replay]> {
    this.#attempts += 1
    const { signal, onProgress } = this.#options
    const files = await ScratchFiles.create(path.join(this.#workDir, `files-${this.#attempts}`), {
      crypto: this.#crypto,
    })
    const replay = new Replay({
      crypto: this.#crypto,
      ledgerKey: this.#source.key,
      files,
      meter: this.#meter,
      startMachine: (genesis, script, oracle) =>
        this.#startMachine({ ...genesis, script }, files, oracle, how),
    })
    const step = how ? 'again' : 'replay'
    try {
      const passage = await replayLedger({
        source: custody
          ? { ...this.#source, entries: (_, end) => custody.entries(end) }
          : this.#source,
        crypto: this.#crypto,
        replay,
        meter: this.#meter,
        until,
        signaturesHold: this.#signaturesHold,
        ...(signal && { signal }),
        onEntry: (done) => onProgress?.({ step, done, total: until }),
      })
      if (custody) {
        this.#foreign = await custody.check(this.#meter, signal)
        if (!this.#foreign) await this.#checkArchive(passage, files)
      }
      return [passage, replay]
    } finally {
      await replay.close()
      await files.close()
    }
  }

  #limits({ limits }: GenesisEntry): GenesisEntry['limits'] {
    const { callFuel } = this.#meter.budgets
    return { ...limits, fuelPerCall: Math.min(limits.fuelPerCall, callFuel) }
  }

  async #startMachine(
    genesis: GenesisEntry,
    files: ScratchFiles,
    oracle: OraclePort,
    how: Perturbation | null,
  ): Promise<Machine> {
    const start =
      this.#options.startMachine ?? ((machine: MachineOptions) => Machine.start(machine))
    const { semantics, script } = genesis
    const { memoryMiB } = this.#meter.budgets
    const options = machineOptions(
      {
        genesis: { semantics, limits: this.#limits(genesis) },
        script,
        filesKey: this.#source.manifest.filesKey,
      },
      { service: { callCpuMs: CALL_CPU_MS, callWallMs: CALL_WALL_MS, memoryMiB }, files, oracle },
    )
    return start(how === null ? options : perturbed(options, how))
  }
}
