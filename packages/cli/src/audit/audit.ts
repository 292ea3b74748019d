/** One audit of `vms verify`: opens the ledger, downloads, replays and compares it, and shows each step. */
import {
  type ArrivedEntries,
  type AuditBudgets,
  type AuditReport,
  audit,
  BudgetExceededError,
  type ContentsCheck,
  checkArriving,
  type FilesLengths,
  ForkClaimedError,
  ForkedError,
  type LedgerSource,
  type Receipt,
} from '@vms/auditor'
import { type OpenSource, openSource, type SourceOptions } from '../connect/source.ts'
import type { Target } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'
import type { BootstrapNode } from '../options/options.ts'
import type { Output, Progress } from '../output/output.ts'
import { plural, sizeText } from '../output/quantities.ts'
import { safeText } from '../output/terminal-text.ts'
import { abortable } from '../process/abortable.ts'

export interface AuditRunOptions {
  readonly output: Pick<Output, 'progress'>
  /** The place of the ledger, and the person's name for it. */
  readonly log: Target
  readonly name: string
  /** The key that the ledger must have, and the person's name for that service. */
  readonly expected: { readonly key: Uint8Array; readonly name: string } | null
  /** The place of the files; null for that of the ledger. */
  readonly files: Target | null
  /** How much of the files to fetch and compare. Default: `all`. */
  readonly contents?: ContentsCheck
  readonly receipts: readonly Receipt[]
  /** Directory for the downloaded blocks. Default: a temporary one. */
  readonly dir?: string | undefined
  readonly bootstrap?: readonly BootstrapNode[] | undefined
  readonly signal: AbortSignal
  /** Limits of the audit. */
  readonly budgets?: Partial<AuditBudgets>
  /** Called after the audit, while the ledger is still open. */
  readonly onAudited?: (ledger: LedgerSource, report: AuditReport) => Promise<void>
}

/** Rejects if the audit could not run: a wrong address, an unreachable host, the signal. */
export async function runAudit(options: AuditRunOptions): Promise<AuditReport> {
  const { output, log, name, expected, files, contents = 'all', signal } = options
  const { budgets = {} } = options
  const { deadlineMs } = budgets
  const begunAt = performance.now()
  const left = (): number =>
    Math.max(1, Math.ceil((deadlineMs ?? 0) - (performance.now() - begunAt)))
  // The download ends at the deadline. The audit of the blocks that have arrived then reports the budget.
  const inTime = <T>(work: Promise<T | null>): Promise<T | null> => {
    const over = deadlineMs ? AbortSignal.any([signal, AbortSignal.timeout(left())]) : signal
    return abortable(unlessOverBudget(work), over).catch((error) => {
      if (signal.aborted || !over.aborted) throw error
      return null
    })
  }
  const progress = output.progress()
  const sourceOptions: SourceOptions = { signal, budgets, bootstrap: options.bootstrap }
  const open: OpenSource[] = []
  try {
    progress.step(`${log.kind === 'directory' ? 'Opening' : 'Connecting to'} ${safeText(name)}`)
    const opening = openSource(log, { ...sourceOptions, judged: true, dir: options.dir })
    const ledger = await inTime(opening)
    if (!ledger) {
      // Without a deadline another budget ended, and `opening` rejects with its name.
      if (!deadlineMs) await opening
      opening.then((late) => late.close()).catch(() => {})
      throw new BudgetExceededError('deadlineMs', deadlineMs ?? 0, 'more to open the ledger')
    }
    open.push(ledger)
    if (expected && Buffer.compare(ledger.key, expected.key) !== 0)
      throw new UsageError(`the ledger at ${name} is not that of ${expected.name}`)
    progress.done(log.kind === 'directory' ? 'Opened' : 'Connected')
    progress.step('Downloading ledger')
    const arrived = await inTime(download(ledger, progress))
    progress.step(
      contents === 'all' ? 'Downloading files archive' : 'Asking for the head of the files archive',
    )
    const published = files ? await openFiles(files, ledger, sourceOptions) : ledger
    if (published !== ledger) open.push(published)
    const named = arrived?.last?.files
    if (contents === 'all' && named)
      await inTime(downloadFiles(published, named, progress).catch(leftToTheAudit))
    const calls = arrived?.calls
    progress.step(
      calls === undefined ? 'Replaying what has arrived' : `Replaying ${plural(calls, 'call')}`,
    )
    const report = await audit({
      ledger,
      archive: published.archive,
      contents,
      receipts: options.receipts,
      arrived,
      signal,
      budgets: { ...budgets, ...(deadlineMs && { deadlineMs: left() }) },
      onProgress: ({ step, done, total }) => {
        if (step === 'compare' && done === 0) progress.step('Comparing outputs')
        else if (step === 'again' && done === 0)
          progress.step('Replaying again, to tell the host from the script')
        else progress.count(done, total)
      },
    })
    await options.onAudited?.(ledger, report)
    progress.done()
    return report
  } finally {
    progress.stop()
    for (const source of open) await source.close()
  }
}

/**
 * Downloads the entries before the replay, to tell a host that stalls from one that lies. It checks the rules of each entry as it
 * arrives, and stops after the first that breaks one. The audit reports that, and the end of a budget.
 */
async function download(ledger: OpenSource, progress: Progress): Promise<ArrivedEntries> {
  const { length } = ledger.head
  const rate = new Rate(ledger)
  return await checkArriving(ledger, (entries) => progress.count(entries, length, rate.text()))
}

/** Downloads the blocks of the files that the ledger's last entry names. The audit judges them. */
async function downloadFiles(
  published: OpenSource,
  named: FilesLengths,
  progress: Progress,
): Promise<null> {
  const { archive } = published
  if (!(await archive.treesAt(named.dbLength, named.blobsLength))) return null
  const total = named.dbLength + named.blobsLength
  const rate = new Rate(published)
  let done = 0
  for (const [core, length] of [
    ['db', named.dbLength],
    ['blobs', named.blobsLength],
  ] as const) {
    for await (const _ of archive.blocks(core, 0, length)) {
      progress.count(++done, total, rate.text())
    }
  }
  return null
}

/** The result of `work`; null if a budget ended it. */
async function unlessOverBudget<T>(work: Promise<T | null>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof BudgetExceededError) return null
    throw error
  }
}

/** Null for the error of a forked history of the files, because the audit finds it again and reports it with the evidence. */
function leftToTheAudit(error: unknown): null {
  if (error instanceof ForkedError || error instanceof ForkClaimedError) return null
  throw error
}

/** The amount and the rate of a download, as text. */
class Rate {
  readonly #source: OpenSource
  readonly #begunAt = performance.now()
  readonly #before: number

  constructor(source: OpenSource) {
    this.#source = source
    this.#before = source.downloadedBytes?.() ?? 0
  }

  /** Empty if there is no download. */
  text(): string {
    const bytes = (this.#source.downloadedBytes?.() ?? 0) - this.#before
    const seconds = (performance.now() - this.#begunAt) / 1_000
    return bytes > 0 ? `${sizeText(bytes)}, ${sizeText(Math.round(bytes / seconds))}/s` : ''
  }
}

/** Opens the files at the person's address. Throws {@link UsageError} if they are not the files of the ledger. */
async function openFiles(
  target: Target,
  ledger: LedgerSource,
  options: SourceOptions,
): Promise<OpenSource> {
  if (target.kind === 'files') {
    mustBeSame(target.key, ledger.manifest.filesKey, target.url)
    // The peers with the files have the ledger, too, and announce its key.
    return openSource({ kind: 'ledger', url: target.url, key: ledger.key }, options)
  }
  // The ledger's key commits to the key of its files.
  if (target.kind === 'ledger') mustBeSame(target.key, ledger.key, target.url)
  const published = await openSource(target, options)
  try {
    mustBeSame(
      published.manifest.filesKey,
      ledger.manifest.filesKey,
      target.kind === 'directory' ? target.path : target.url,
    )
    return published
  } catch (error) {
    await published.close()
    throw error
  }
}

function mustBeSame(got: Uint8Array, wanted: Uint8Array, name: string): void {
  if (Buffer.compare(got, wanted) !== 0)
    throw new UsageError(`the files at ${name} are not those of this ledger`)
}
