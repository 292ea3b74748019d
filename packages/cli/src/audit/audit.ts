/** One audit as `vms verify` runs it: opens the ledger, downloads it, replays, compares, and says each step. */
import {
  type Arrival,
  type AuditBudgets,
  type AuditReport,
  audit,
  BudgetExceededError,
  type ContentsCheck,
  type FilesLengths,
  ForkClaimedError,
  ForkedError,
  type LedgerSource,
  type Receipt,
  readArriving,
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
  /** Where the call log is, and how the person calls that. */
  readonly log: Target
  readonly name: string
  /** Key that the ledger there must have, and what the person calls the service with it. */
  readonly expected: { readonly key: Uint8Array; readonly name: string } | null
  /** Where the files are, if somewhere else. */
  readonly files: Target | null
  /** How much of the files is fetched and compared. Default: `all`. */
  readonly contents?: ContentsCheck
  readonly receipts: readonly Receipt[]
  /** Directory to keep what is downloaded in. */
  readonly dir?: string | undefined
  readonly bootstrap?: readonly BootstrapNode[] | undefined
  readonly signal: AbortSignal
  /** What the audit may take. */
  readonly budgets?: Partial<AuditBudgets>
  /** Reads something of the ledger that was audited while it is still open. */
  readonly onAudited?: (ledger: LedgerSource, report: AuditReport) => Promise<void>
}

/** Rejects if the audit could not run: an address, a host that is not there, the signal. */
export async function runAudit(options: AuditRunOptions): Promise<AuditReport> {
  const { output, log, name, expected, files, contents = 'all', signal } = options
  const { budgets = {} } = options
  const { deadlineMs } = budgets
  const begunAt = performance.now()
  const left = (): number =>
    Math.max(1, Math.ceil((deadlineMs ?? 0) - (performance.now() - begunAt)))
  // At the deadline the download ends; the audit then reports that for the blocks that have arrived.
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
      // Without a deadline it was another budget.
      if (!deadlineMs) await opening
      opening.then((late) => late.close()).catch(() => {})
      throw new BudgetExceededError('deadlineMs', deadlineMs ?? 0, 'more to open the ledger')
    }
    open.push(ledger)
    if (expected && Buffer.compare(ledger.key, expected.key) !== 0)
      throw new UsageError(`the call log at ${name} is not that of ${expected.name}`)
    progress.done(log.kind === 'directory' ? 'Opened' : 'Connected')
    progress.step('Downloading call log')
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
 * Has the entries here before the replay begins, so that a host that stalls is told apart from one that lies. Each is held to
 * the rules as it arrives, and after the first that breaks one no more is asked for. What ends a budget is the audit's to tell.
 */
async function download(ledger: OpenSource, progress: Progress): Promise<Arrival> {
  const { length } = ledger.head
  const rate = new Rate(ledger)
  return await readArriving(ledger, (entries) => progress.count(entries, length, rate.text()))
}

/** Fetches the blocks of the files that the ledger's last entry names. The audit judges them. */
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

/** What `work` gives; null if it came to the end of a budget. */
async function unlessOverBudget<T>(work: Promise<T | null>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof BudgetExceededError) return null
    throw error
  }
}

/** Another history of the files: the audit comes upon it again, and reports it with the evidence. */
function leftToTheAudit(error: unknown): null {
  if (error instanceof ForkedError || error instanceof ForkClaimedError) return null
  throw error
}

/** How much was downloaded, and how fast, in words. */
class Rate {
  readonly #source: OpenSource
  readonly #begunAt = performance.now()
  readonly #before: number

  constructor(source: OpenSource) {
    this.#source = source
    this.#before = source.downloadedBytes?.() ?? 0
  }

  /** Empty where nothing is downloaded. */
  text(): string {
    const bytes = (this.#source.downloadedBytes?.() ?? 0) - this.#before
    const seconds = (performance.now() - this.#begunAt) / 1_000
    return bytes > 0 ? `${sizeText(bytes)}, ${sizeText(Math.round(bytes / seconds))}/s` : ''
  }
}

/** The files where the person says that they are. They must be those that the ledger names, or it is the wrong address. */
async function openFiles(
  target: Target,
  ledger: LedgerSource,
  options: SourceOptions,
): Promise<OpenSource> {
  if (target.kind === 'files') {
    mustBeSame(target.key, ledger.manifest.filesKey, target.url)
    // Who has the files has the ledger, and is found by it.
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
    throw new UsageError(`the files at ${name} are not those of this call log`)
}
