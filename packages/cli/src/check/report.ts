/** What a check comes to: one object for programs, lines for people, and an exit code. */
import type { Output } from '../output/output.ts'
import { plural } from '../output/quantities.ts'
import { safeText } from '../output/terminal-text.ts'
import type { CallsFrom } from './calls.ts'
import type { CheckFinding } from './finding.ts'

export type CheckVerdict = 'fine' | 'findings' | 'nondeterministic' | 'incomplete'

/** What `vms check` exits with, by verdict: as `vms verify` where the two mean the same. */
export const CHECK_EXIT: Readonly<Record<CheckVerdict, number>> = {
  fine: 0,
  findings: 1,
  incomplete: 3,
  nondeterministic: 4,
}

/** Where two runs of the script parted. */
export interface CheckDifference {
  /** What was different about the second run. */
  readonly perturbation: string
  /** Number of the call, from 0; null for the top level and for init. */
  readonly call: number | null
  readonly method: string | null
  /** Part of the outcome, and where in it. */
  readonly part: string | null
  readonly path: string | null
  readonly expected: string
  readonly got: string
  /** The first thing asked of the host that differs; null if the script made the difference by itself. */
  readonly hostCall: {
    readonly number: number
    readonly name: string
    readonly subject: string | null
  } | null
  readonly file: string | null
  readonly line: number | null
}

/** `--json` prints it: a contract with programs. */
export interface CheckReport {
  readonly version: 1
  readonly verdict: CheckVerdict
  readonly script: string
  readonly findings: readonly CheckFinding[]
  /** The calls that were run; null if none were. */
  readonly calls: { readonly from: CallsFrom; readonly count: number } | null
  /** Names of methods that calls asked for and the script does not have. */
  readonly unknownMethods: readonly string[]
  /** Runs that agreed with the plain one, by what was different about them. */
  readonly agreed: readonly string[]
  /** Runs that came to no end within their limits. */
  readonly unclear: readonly { readonly perturbation: string; readonly why: string }[]
  readonly difference: CheckDifference | null
  /** Why the calls could not be run to their end; null if they were. */
  readonly incomplete: string | null
}

export function verdictOf(
  report: Pick<CheckReport, 'difference' | 'findings' | 'incomplete'>,
): CheckVerdict {
  if (report.difference) return 'nondeterministic'
  if (report.findings.length > 0) return 'findings'
  return report.incomplete === null ? 'fine' : 'incomplete'
}

/** Says it all to a person. `frame` gives the lines around a finding. */
export function tellCheck(
  output: Output,
  report: CheckReport,
  frame: (finding: CheckFinding) => string,
): void {
  const { tell, style } = output
  for (const finding of report.findings) tellFinding(output, finding, frame(finding))
  if (report.unknownMethods.length > 0) {
    const names = report.unknownMethods.map(safeText).join(', ')
    tell(
      `${style('yellow', '!')} calls of methods that the script does not have were left out: ${names}`,
    )
  }
  for (const { perturbation, why } of report.unclear)
    tell(`${style('yellow', '!')} no result ${perturbation}: ${safeText(why)}`)
  if (report.incomplete !== null)
    tell(
      `${style('red', '✘')} the calls could not be run to their end: ${safeText(report.incomplete)}`,
    )
  if (report.verdict === 'fine' || report.verdict === 'findings') tellRuns(output, report)
  const good = report.verdict === 'fine'
  tell(style(good ? 'green' : 'red', style('bold', VERDICTS[report.verdict])))
}

const VERDICTS: Record<CheckVerdict, string> = {
  fine: 'Fine: nothing found.',
  findings: 'The check found something.',
  nondeterministic: 'NONDETERMINISTIC: replays of this script would not agree with each other.',
  incomplete: 'The check could not be completed.',
}

function tellRuns({ tell, style }: Output, { calls, agreed }: CheckReport): void {
  if (calls === null || calls.count === 0) return
  tell(
    `${style('green', '✔')} ${plural(calls.count, 'call')} ${FROM[calls.from]}: the same in ${agreed.length + 1} runs under different conditions`,
  )
}

const FROM: Record<CallsFrom, string> = {
  file: 'of the file',
  ledger: 'of the ledger',
  examples: 'of the examples in the script',
  generated: 'with arguments of every kind',
}

function tellFinding({ tell, style }: Output, finding: CheckFinding, frame: string): void {
  const { code, severity, message, advice, file, line, column } = finding
  const place = file === null ? '' : `${file}:${line ?? 1}:${column ?? 1}: `
  const mark = severity === 'error' ? style('red', '✘') : style('yellow', '!')
  tell(`${mark} ${safeText(place + message)} ${style('dim', `[${code}]`)}`)
  if (frame !== '') tell(`\n${frame}\n`)
  if (advice !== null) tell(`  advice: ${safeText(advice)}`)
  tell('')
}
