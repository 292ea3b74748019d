/** `vms check`: says whether a script replays, and which parts of it do not work in a machine, before anybody relies on it. */
import type { Command } from 'commander'
import type { RecordedCallsOf } from '../check/ledger-calls.ts'
import { parseTarget } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'
import { CHECK_EXIT_HELP, EXIT } from '../errors/exit.ts'
import { type BootstrapNode, bootstrapOption } from '../options/options.ts'
import { safeJson } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options {
  readonly calls?: string
  readonly ledger?: string
  readonly run: boolean
  readonly warnings: boolean
  readonly bootstrap?: BootstrapNode[]
  readonly json?: boolean
}

export function addCheck(program: Command, context: Context): void {
  program
    .command('check')
    .description('look for what would make a script fail, forget or replay differently')
    .argument('<script>', 'script to check')
    .option('--calls <file>', 'run these calls: {"method","args","caller"?,"time"?}, one a line')
    .option('--ledger <address>', 'run the calls of this ledger (host, vms://<key> or directory)')
    .option('--no-run', 'only read the script')
    .option('--no-warnings', 'report errors only, and no warnings')
    .addOption(bootstrapOption())
    .option('--json', 'print the report as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Without --calls and --ledger, the check runs the calls in the script's comments (a line such as
"@example RSVP(true)" in a /** */ comment). It runs a method without an example with arguments of
every kind. It runs all calls once, then again under other conditions: time zone and locale, garbage
collections, compilers, stack, heap, clock, load. For a difference it reports the call, what the
script asked of the machine, and the line.

Examples:
  vms check rsvp.js
  vms check rsvp.ts --calls calls.jsonl
  vms check rsvp-next.js --ledger :5555     # a new version on the calls of the old one
  vms check rsvp.js --no-run --json
${CHECK_EXIT_HELP}`,
    )
    .action((script: string, options: Options) =>
      stoppable(context, async ({ signal }) => {
        context.exitCode = await check(context, script, options, signal)
      }),
    )
}

async function check(
  context: Context,
  file: string,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const { output, cwd } = context
  if (options.calls !== undefined && options.ledger !== undefined)
    throw new UsageError('take the calls from --calls or from --ledger, not from both')
  // Loaded here, because the help does not need a parser and a virtual machine.
  const { runCheck } = await import('../check/run.ts')
  const { CHECK_EXIT, tellCheck } = await import('../check/report.ts')
  const progress = output.progress()
  try {
    const given = await givenCalls(options, cwd, signal)
    const { report, frame } = await runCheck({
      file,
      cwd,
      color: output.color,
      given,
      runs: options.run,
      warnings: options.warnings,
      progress,
      signal,
    })
    tellCheck(output, report, frame)
    if (options.json) output.print(safeJson(report))
    return CHECK_EXIT[report.verdict] ?? EXIT.incomplete
  } finally {
    progress.stop()
  }
}

async function givenCalls(
  { calls, ledger, bootstrap }: Options,
  cwd: string,
  signal: AbortSignal,
): Promise<RecordedCallsOf | null> {
  if (calls !== undefined) {
    const { readCalls } = await import('../check/calls.ts')
    return { from: 'file', calls: await readCalls(calls, cwd) }
  }
  if (ledger === undefined) return null
  const { ledgerCalls } = await import('../check/ledger-calls.ts')
  return ledgerCalls(parseTarget(ledger, cwd), { signal, bootstrap })
}
