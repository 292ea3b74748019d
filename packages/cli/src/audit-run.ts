/** One audit as `vms verify` runs it: opens the ledger, downloads it, replays, compares, and says each step. */
import {
  type ArchiveSource,
  type AuditReport,
  audit,
  type ContentsCheck,
  decodeEntry,
  type FilesLengths,
  type LedgerSource,
  type Receipt,
} from '@vms/auditor'
import { abortable } from './abortable.ts'
import { UsageError } from './errors.ts'
import type { BootstrapNode } from './options.ts'
import type { Output, Progress } from './output.ts'
import { type OpenSource, openSource, type SourceOptions } from './source.ts'
import type { Target } from './target.ts'
import { safeText } from './terminal-text.ts'

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
  readonly dir?: string
  readonly bootstrap?: readonly BootstrapNode[]
  readonly signal: AbortSignal
  /** Reads something of the ledger that was audited while it is still open. */
  readonly onAudited?: (ledger: LedgerSource, report: AuditReport) => Promise<void>
}

/** Rejects if the audit could not run: an address, a host that is not there, the signal. */
export async function runAudit(options: AuditRunOptions): Promise<AuditReport> {
  const { output, log, name, expected, files, contents = 'all', signal } = options
  const progress = output.progress()
  const sourceOptions: SourceOptions = {
    signal,
    ...(options.bootstrap && { bootstrap: options.bootstrap }),
  }
  const open: OpenSource[] = []
  try {
    progress.step(`${log.kind === 'directory' ? 'Opening' : 'Connecting to'} ${safeText(name)}`)
    const ledger = await openSource(log, {
      ...sourceOptions,
      judged: true,
      ...(options.dir !== undefined && { dir: options.dir }),
    })
    open.push(ledger)
    if (expected && Buffer.compare(ledger.key, expected.key) !== 0)
      throw new UsageError(`the call log at ${name} is not that of ${expected.name}`)
    progress.done(log.kind === 'directory' ? 'Opened' : 'Connected')
    progress.step('Downloading call log')
    const { calls, last } = await download(ledger, progress, signal)
    progress.step(
      contents === 'all' ? 'Downloading files archive' : 'Asking for the head of the files archive',
    )
    const published = files ? await openFiles(files, ledger, sourceOptions) : ledger
    if (published !== ledger) open.push(published)
    if (contents === 'all') await downloadFiles(published.archive, last, progress)
    progress.step(`Replaying ${calls} ${calls === 1 ? 'call' : 'calls'}`)
    const report = await audit({
      ledger,
      archive: published.archive,
      contents,
      receipts: options.receipts,
      signal,
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
 * Has every entry here before the replay begins, so that a host that stalls is told apart from one that lies. Counts the
 * calls, and gives the last entry, which names the files.
 */
async function download(
  ledger: LedgerSource,
  progress: Progress,
  signal: AbortSignal,
): Promise<{ readonly calls: number; readonly last: Uint8Array | null }> {
  const { length } = ledger.head
  const entries = ledger.entries(0, length)[Symbol.asyncIterator]()
  let calls = 0
  let done = 0
  let last: Uint8Array | null = null
  for (;;) {
    const next = await abortable(entries.next(), signal)
    if (next.done) return { calls, last }
    last = next.value
    calls += callsIn(next.value)
    done += 1
    progress.count(done, length)
  }
}

/** Fetches the blocks of the files that the ledger's last entry names. What is wrong with them is the audit's to judge. */
async function downloadFiles(
  archive: ArchiveSource,
  last: Uint8Array | null,
  progress: Progress,
): Promise<void> {
  const named = last && filesIn(last)
  if (named && (await archive.hashesAt(named.dbLength, named.blobsLength))) {
    const total = named.dbLength + named.blobsLength
    let done = 0
    for (const [core, length] of [
      ['db', named.dbLength],
      ['blobs', named.blobsLength],
    ] as const) {
      for await (const _ of archive.blocks(core, 0, length)) {
        progress.count(++done, total)
      }
    }
  }
}

/** How long the files are that a block names; null if it names none or is no entry. */
function filesIn(block: Uint8Array): FilesLengths | null {
  try {
    return decodeEntry(block).files
  } catch {
    return null
  }
}

/** What is no entry is the audit's to judge. */
function callsIn(block: Uint8Array): number {
  try {
    const entry = decodeEntry(block)
    if (entry.type === 'alarm') return 1
    return entry.type === 'calls' ? entry.outcomes.length : 0
  } catch {
    return 0
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
