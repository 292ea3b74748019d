/** The report of an audit for a person. */
import type { AuditReport, Finding } from '@vms/auditor'
import { BUDGET_FLAGS } from '../options/budget-flags.ts'
import type { Output } from '../output/output.ts'
import { plural, secondsText, sizeText } from '../output/quantities.ts'
import { safeText } from '../output/terminal-text.ts'

/** Tells the verdict, the ledger, and each finding. */
export function tellReport(
  { tell, style }: Pick<Output, 'tell' | 'style'>,
  report: AuditReport,
): void {
  const { verdict, findings, entries, calls, head } = report
  const good = verdict === 'verified'
  if (good) {
    tell(`${style('green', '✔')} Ledger verified`)
    if (report.contents === 'all') tell(`${style('green', '✔')} Output files verified`)
    if (report.contents === 'head')
      tell(
        `${style('green', '✔')} Hash of the output files verified; their contents were not fetched`,
      )
  }
  for (const found of findings) tellFinding({ tell, style }, found)
  tell('')
  tell(`${style(good ? 'green' : 'red', style('bold', VERDICTS[verdict]))}`)
  tell(`  ${report.ledger}`)
  tell(`  head ${head.length} ${head.treeHash}`)
  const counts = [
    `${entries} of ${plural(head.length, 'entry', 'entries')}`,
    plural(calls, 'call'),
    plural(report.epochs, 'epoch'),
    ...(report.contents === 'all' ? [`${sizeText(report.contentBytes)} of files`] : []),
    ...(report.receipts > 0 ? [plural(report.receipts, 'receipt')] : []),
    secondsText(report.elapsedMs),
  ]
  tell(`  ${counts.join(', ')}`)
  tellTimes({ tell, style }, report.times)
  tellBoots(tell, report.boots)
  tellAlarms({ tell, style }, report.alarms)
  if (report.authentication === 'debug') {
    tell(style('yellow', '! DEBUG MODE: callers chose their names, and signed nothing.'))
  }
  if (report.oracles > 0)
    tell(
      style(
        'yellow',
        `! ${plural(report.oracles, 'call')} used an oracle: the audit trusts the operator for its answers.`,
      ),
    )
}

function tellTimes(
  { tell, style }: Pick<Output, 'tell' | 'style'>,
  times: AuditReport['times'],
): void {
  if (!times) return
  const { first, last, aheadMs } = times
  tell(`  from ${isoTime(first)} to ${isoTime(last)}, by the host's clock`)
  if (aheadMs > 0)
    tell(
      style(
        'yellow',
        `! The last entry is ${secondsText(aheadMs)} ahead of this computer's clock: one of the two clocks is wrong.`,
      ),
    )
}

/** Tells restarts and boots after refusals. They accuse nobody, but a host may cause many of them to empty a script's memory. */
function tellBoots(tell: Output['tell'], { restart, refusal }: AuditReport['boots']): void {
  const counts = [
    ...(restart > 0 ? [plural(restart, 'restart')] : []),
    ...(refusal > 0 ? [`${plural(refusal, 'boot')} after a refused request`] : []),
  ]
  if (counts.length > 0)
    tell(
      `  ${counts.join(', ')}: the ledger does not show why; each one empties the script's memory`,
    )
}

const isoTime = (ms: number): string => new Date(ms).toISOString()

function tellAlarms(
  { tell, style }: Pick<Output, 'tell' | 'style'>,
  { fired, skipped, latestMs, pending, overdue, overdueMs }: AuditReport['alarms'],
): void {
  if (fired + pending > 0)
    tell(
      `  ${plural(fired, 'alarm')} fired, at most ${secondsText(latestMs)} late; ${pending} pending`,
    )
  if (overdue > 0)
    tell(
      style(
        'yellow',
        `! ${plural(overdue, 'alarm')} overdue at the head, the first by ${secondsText(overdueMs)}: a host that runs would fire them.`,
      ),
    )
  if (skipped > 0)
    tell(
      style(
        'yellow',
        `! ${plural(skipped, 'alarm')} did not run: the host says that its machine could not, and the audit trusts it.`,
      ),
    )
}

const VERDICTS: Record<AuditReport['verdict'], string> = {
  verified: 'Verified: replaying the whole history gives what the host recorded.',
  'host-fault': 'NOT VERIFIED: the host is at fault.',
  'nondeterministic-script':
    'NOT VERIFIED: the script is nondeterministic, so nobody can tell what the host did.',
  incomplete: 'NOT VERIFIED: the audit could not be completed.',
  'engine-differs':
    'NOT VERIFIED: the host used another engine, so the difference decides nothing.',
}

function tellFinding({ tell, style }: Pick<Output, 'tell' | 'style'>, found: Finding): void {
  const { code, entry, call, method, part, path, expected, got, cause, severity } = found
  const place = [
    entry === null ? null : `entry ${entry}`,
    call === null ? null : `call ${call}`,
    method === null ? null : `${safeText(method)}()`,
  ].filter((text) => text !== null)
  tell('')
  tell(
    `${style('red', '✘')} ${style('bold', code)}${place.length > 0 ? ` at ${place.join(', ')}` : ''} (${severity})`,
  )
  tell(`    ${safeText(cause)}`)
  if (part !== null)
    tell(`    differs   ${part}${path === null || path === '$' ? '' : ` ${safeText(path)}`}`)
  const flag = code === 'BUDGET_EXCEEDED' && BUDGET_FLAGS[part as keyof typeof BUDGET_FLAGS]
  if (flag) tell(`    flag      ${flag}`)
  if (expected !== null) tell(`    expected  ${safeText(expected)}`)
  if (got !== null) tell(`    got       ${safeText(got)}`)
}
