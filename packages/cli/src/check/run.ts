/** The whole check: reads the script, then runs it. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { RehearsalReport } from '@vms/auditor'
import { ScriptError } from '../errors/errors.ts'
import type { Progress } from '../output/output.ts'
import { type LoadedScript, loadScript } from '../script/script.ts'
import { type CallsFrom, callsFor, FIRST_TIME } from './calls.ts'
import { placeInStack, tellDifference } from './difference.ts'
import { exampleCalls } from './examples.ts'
import type { CheckFinding } from './finding.ts'
import type { RecordedCallsOf } from './ledger-calls.ts'
import { createOrigins, type Origins } from './origin.ts'
import { type CheckReport, verdictOf } from './report.ts'
import { checkText } from './static.ts'

export interface CheckOptions {
  /** The script, as the person named it. */
  readonly file: string
  readonly cwd: string
  readonly color: boolean
  /** The person's calls; null for those of the examples. */
  readonly given: RecordedCallsOf | null
  /** Whether to run the script. */
  readonly runs: boolean
  readonly warnings: boolean
  readonly progress: Progress
  readonly signal: AbortSignal
}

export interface Checked {
  readonly report: CheckReport
  readonly frame: (finding: CheckFinding) => string
}

const NOT_RUN = {
  calls: null,
  unknownMethods: [],
  agreed: [],
  unclear: [],
  difference: null,
  incomplete: null,
} as const

/** Rejects if it cannot read the file or start machines. */
export async function runCheck(options: CheckOptions): Promise<Checked> {
  const { file, cwd, color, progress } = options
  let script: LoadedScript
  try {
    script = await loadScript(file, { cwd, color })
  } catch (error) {
    if (error instanceof ScriptError) return broken(file, error)
    throw error
  }
  const origins = createOrigins(script, file, cwd)
  const read = checkText(script.source)
    .filter(({ severity }) => options.warnings || severity === 'error')
    .map((found) => origins.finding(found))
  const ran = options.runs ? await runCalls(options, script, origins) : { findings: [], ...NOT_RUN }
  progress.done()
  const findings = [...read, ...ran.findings]
  const verdict = verdictOf({ ...ran, findings })
  return {
    report: { version: 1, verdict, script: file, ...ran, findings },
    frame: (finding) => origins.frame(finding, color),
  }
}

/** The report about a script that does not load. */
function broken(script: string, { code, text, place, hint, frame }: ScriptError): Checked {
  const finding: CheckFinding = {
    code: code === 'ERR_VMS_SCRIPT_IMPORT' ? 'IMPORT' : 'SYNTAX',
    severity: 'error',
    message: text,
    advice: hint ?? null,
    ...place,
  }
  const report: CheckReport = {
    version: 1,
    verdict: 'findings',
    script,
    ...NOT_RUN,
    findings: [finding],
  }
  return { report, frame: () => frame ?? '' }
}

async function runCalls(
  { given, progress, signal }: CheckOptions,
  script: LoadedScript,
  origins: Origins,
): Promise<Omit<CheckReport, 'version' | 'verdict' | 'script'>> {
  const { rehearse } = await import('@vms/auditor')
  const examples = given ? [] : await examplesIn(script)
  let from: CallsFrom = given?.from ?? 'generated'
  const rehearsal = await rehearse({
    script,
    time: given?.time ?? FIRST_TIME,
    ...(given?.ledgerKey && { ledgerKey: given.ledgerKey }),
    plan: (methods) => {
      if (given) return given.calls
      const calls = callsFor(methods, examples)
      if (examples.some(({ method }) => methods.includes(method))) from = 'examples'
      return calls
    },
    signal,
    onProgress: ({ perturbation, runsDone, runs }) => {
      if (perturbation === null) progress.step('Running')
      else if (runsDone === 1) progress.step('Running again under other conditions')
      progress.count(runsDone, runs)
    },
  })
  const { plain, agreed, unclear } = rehearsal
  const told = rehearsal.difference && tellDifference(rehearsal.difference, script.source, origins)
  const started = startFinding(rehearsal, origins)
  return {
    findings: [...(started ? [started] : []), ...(told ? [told.finding] : [])],
    calls: { from, count: plain.calls.length },
    unknownMethods: plain.unknown,
    agreed,
    unclear,
    difference: told?.difference ?? null,
    incomplete: plain.refused,
  }
}

/** The example calls in the files that the person wrote. A bundle has no comments. */
async function examplesIn({ inputs }: LoadedScript) {
  const own = inputs.filter(
    (input) => !input.includes('node_modules') && extname(input) !== '.json',
  )
  const texts = await Promise.all(own.map((input) => readFile(input, 'utf8')))
  return texts.flatMap(exampleCalls)
}

/** The finding if the top level or init does not return, because then there would be no service. */
function startFinding({ plain }: RehearsalReport, origins: Origins): CheckFinding | null {
  const { boot, init } = plain
  if (!boot) return null
  const failed = boot.outcome.status === 'returned' ? init?.outcome : boot.outcome
  if (!failed || failed.status === 'returned') return null
  const what = failed === boot.outcome ? 'the top level' : 'init'
  const why = failed.error
    ? `${failed.error.name}: ${failed.error.message}`
    : (failed.abort ?? failed.status)
  const place = failed === boot.outcome && boot.report ? placeInStack(boot.report) : null
  const origin = place && origins.of(place.line, place.column)
  return {
    code: 'DOES_NOT_START',
    severity: 'error',
    message: `${what} ${failed.status === 'thrown' ? 'throws' : 'ends with an abort:'} ${why}`,
    advice: null,
    file: origin?.file ?? null,
    line: origin?.line ?? null,
    column: origin?.column ?? null,
  }
}
