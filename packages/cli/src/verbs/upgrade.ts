/** `vms upgrade`: gives a service a new script. With `--check` it only says which outcomes the new script would change. */
import type { TrialDifference, TrialReport } from '@vms/auditor'
import type { Command } from 'commander'
import { openClient } from '../calls/client.ts'
import { parseTarget } from '../connect/target.ts'
import { CliError, UsageError } from '../errors/errors.ts'
import { EXIT, EXIT_HELP } from '../errors/exit.ts'
import {
  type AuditFlags,
  addAuditBudgets,
  budgetsOf,
  DOWNLOAD_BUDGETS_HELP,
  withinDeadline,
} from '../options/budget-flags.ts'
import { type BootstrapNode, bootstrapOption } from '../options/options.ts'
import { plural } from '../output/quantities.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'
import type { LoadedScript } from '../script/script.ts'

/** Changes the script. The runtime refuses a script that exports a function of this name. */
const UPGRADE_METHOD = 'vms:upgrade'

interface Options extends AuditFlags {
  readonly check?: boolean
  readonly title?: string
  readonly key?: string
  readonly bootstrap?: BootstrapNode[]
  readonly json?: boolean
}

export function addUpgrade(program: Command, context: Context): void {
  const command = program
    .command('upgrade')
    .description('give a service a new script, or see what it would change')
    .argument('<service>', 'address of the service; with --check a vms:// key or a directory too')
    .argument('<script>', 'JavaScript (CommonJS) as it is, or TypeScript and imports, bundled')
    .option('--check', 'change nothing: replay the whole history on the new script and compare')
    .option('--title <title>', "the service's title from then on (default: the script's name)")
    .option('--key <file>', 'key file that signs the upgrade')
    .addOption(bootstrapOption())
    .option('--json', 'print one JSON object')
  addAuditBudgets(command)
    .addHelpText(
      'after',
      `
Only the callers that the service's genesis names may upgrade it; by default nobody may. The upgrade
is a public call in the ledger. It takes effect after the delay in the genesis; another upgrade before
that replaces it. init does not run again. If the new script fails at its top level, the host drops it
and the old script goes on.

Anybody may use --check. It exits with 1 if the new script would have changed an outcome. It does not
compare fuel. The budgets belong to --check.
${DOWNLOAD_BUDGETS_HELP}

Examples:
  vms upgrade :5555 rsvp.js --check
  vms upgrade :5555 rsvp.js
${EXIT_HELP}`,
    )
    .action((service: string, file: string, options: Options) =>
      stoppable(context, ({ signal }) => upgrade(context, service, file, options, signal)),
    )
}

async function upgrade(
  context: Context,
  service: string,
  file: string,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { output, cwd } = context
  if (options.check && (options.title !== undefined || options.key !== undefined))
    throw new UsageError('--check makes no upgrade, so it takes neither --title nor --key')
  if (!options.check && Object.keys(budgetsOf(options)).length > 0)
    throw new UsageError('the budgets limit a trial, so they need --check')
  const { loadScript } = await import('../script/script.ts')
  const script = await loadScript(file, { cwd, color: output.color })
  if (options.check)
    await withinDeadline(options.deadline, signal, (within) =>
      check(context, service, script, options, within),
    )
  else await announce(context, service, script, options, signal)
}

/** The last time that a Date can hold, in milliseconds since 1970. */
const TIME_MS = 8.64e15

const NO_TIME =
  'the host answered the upgrade with an invalid time; run vms verify to check the host'

async function announce(
  context: Context,
  service: string,
  { name, title, source }: LoadedScript,
  { title: given, key, bootstrap, json }: Options,
  signal: AbortSignal,
): Promise<void> {
  const { output } = context
  const { client } = await openClient(context, service, { key, bootstrap, signal })
  try {
    const script = { name, title: given ?? title, source }
    const due = await client.$call(UPGRADE_METHOD, [script], { signal })
    if (typeof due !== 'number' || !(Math.abs(due) <= TIME_MS))
      throw new CliError('ERR_VMS_PROTOCOL', EXIT.incomplete, NO_TIME)
    const effect = new Date(due).toISOString()
    output.tell(`${output.style('green', '✔')} ${safeText(name)} takes effect at ${effect}`)
    if (json) output.print(safeJson({ version: 1, effect }))
  } finally {
    client.$close()
  }
}

async function check(
  context: Context,
  service: string,
  script: LoadedScript,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { output, cwd } = context
  const { bootstrap, json } = options
  const budgets = budgetsOf(options)
  const begunAt = performance.now()
  const { openSource } = await import('../connect/source.ts')
  const { tryUpgrade } = await import('@vms/auditor')
  const progress = output.progress()
  try {
    progress.step('Opening ledger')
    const ledger = await openSource(parseTarget(service, cwd), {
      signal,
      budgets,
      bootstrap,
    })
    try {
      progress.step(`Replaying ${ledger.head.length} entries on ${safeText(script.name)}`)
      const onEntry = (done: number): void => progress.count(done, ledger.head.length)
      // The trial looks at the signal between entries only. Its own deadline ends a call that runs.
      const { deadlineMs } = budgets
      const left = deadlineMs && Math.max(1, deadlineMs - (performance.now() - begunAt))
      const report = await tryUpgrade({
        ledger,
        script,
        onEntry,
        signal,
        budgets: { ...budgets, ...(left && { deadlineMs: left }) },
      })
      progress.done()
      tellTrial(context, report)
      if (json) output.print(safeJson({ version: 1, ...report }))
      if (report.different > 0) context.exitCode = EXIT.no
    } finally {
      await ledger.close()
    }
  } finally {
    progress.stop()
  }
}

function tellTrial(
  { output: { tell, style } }: Context,
  { calls, different, differences }: TrialReport,
): void {
  for (const difference of differences) for (const line of linesOf(difference)) tell(line)
  if (differences.length < different) tell(`… and ${different - differences.length} more`)
  const [mark, said] =
    different === 0
      ? [style('green', '✔'), 'the new script gives the same outcomes']
      : [style('red', '✘'), `the new script changes the outcome of ${different}`]
  tell(`${mark} ${plural(calls, 'call')} of the history: ${said}`)
}

function linesOf(difference: TrialDifference): string[] {
  const { entry, call, method, part, path, expected, got } = difference
  const place = [`entry ${entry}`, ...(call === null ? [] : [`call ${call}`]), `${method}()`]
  const where = path === null || path === '$' ? part : `${part} ${path}`
  return [
    `✘ ${place.join(', ')}: ${where}`,
    `    recorded  ${expected}`,
    `    new       ${got}`,
  ].map((line) => safeText(line))
}
