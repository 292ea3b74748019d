/** The report of a check: an object for programs, lines for a person, an exit code. */
import type { Output } from '../output/output.ts'
import { plural } from '../output/quantities.ts'
import { safeText } from '../output/terminal-text.ts'
import type { CallsFrom } from './calls.ts'
import type { CheckFinding } from './finding.ts'

export type CheckVerdict = 'fine' | 'findings' | 'nondeterministic' | 'incomplete'

/** Exit codes of `vms check` by verdict. They agree with those of `vms verify` where the meaning is the same. */
export const CHECK_EXIT: Readonly<Record<CheckVerdict, number>> = {
  fine: 0,
  findings: 1,
  incomplete: 3,
  nondeterministic: 4,
}

/** The first difference between two runs. */
export interface CheckDifference {
  /** The condition that differed in the second run. */
  readonly perturbation: string
  /** Number of the call, from 0; null for the top level and for init. */
  readonly call: number | null
  readonly method: string | null
  /** Part of the outcome, and where in it. */
  readonly part: string | null
  readonly path: string | null
  readonly expected: string
  readonly got: string
  /** The first operation of the machine that differs; null if all are the same. */
  readonly hostCall: {
    readonly number: number
    readonly name: string
    readonly subject: string | null
  } | null
  readonly file: string | null
  readonly line: number | null
}

/** The object of `--json`: a contract with programs. */
export interface CheckReport {
  readonly version: 1
  readonly verdict: CheckVerdict
  readonly script: string
  readonly findings: readonly CheckFinding[]
  /** The calls that ran; null if none did. */
  readonly calls: { readonly from: CallsFrom; readonly count: number } | null
  /** Methods of calls that the script does not have. */
  readonly unknownMethods: readonly string[]
  /** The conditions of the runs that agreed with the plain run. */
  readonly agreed: readonly string[]
  /** The runs that did not end within their limits. */
  readonly unclear: readonly { readonly perturbation: string; readonly why: string }[]
  readonly difference: CheckDifference | null
  /** The reason why the calls did not run to the end; null if they did. */
  readonly incomplete: string | null
}

export function verdictOf(
  report: Pick<CheckReport, 'difference' | 'findings' | 'incomplete'>,
): CheckVerdict {
  if (report.difference) return 'nondeterministic'
  if (report.findings.length > 0) return 'findings'
  return report.incomplete === null ? 'fine' : 'incomplete'
}

/** Tells a person the report. `frame` gives the lines around a finding. */
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
      `${style('yellow', '!')} the check left out the calls of methods that the script does not have: ${names}`,
    )
  }
  for (const { perturbation, why } of report.unclear)
    tell(`${style('yellow', '!')} no result ${perturbation}: ${safeText(why)}`)
  if (report.incomplete !== null)
    tell(`${style('red', '✘')} the calls did not run to the end: ${safeText(report.incomplete)}`)
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
