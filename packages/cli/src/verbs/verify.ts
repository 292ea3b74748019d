/** `vms verify`: replays the whole history of a service and says whether its host told the truth. */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { AuditReport, Receipt } from '@vms/auditor'
import type { Command } from 'commander'
import { tellReport } from '../audit/report-text.ts'
import { parseTarget } from '../connect/target.ts'
import { CliError, UsageError } from '../errors/errors.ts'
import { EXIT, VERDICT_EXIT, VERIFY_EXIT_HELP } from '../errors/exit.ts'
import {
  type AuditFlags,
  addAuditBudgets,
  BUDGETS_HELP,
  budgetsOf,
} from '../options/budget-flags.ts'
import {
  type BootstrapNode,
  bootstrapOption,
  collect,
  hashes,
  wholeNumber,
} from '../options/options.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { exitOf, type FailureJson, failureOf, reportFailure } from '../process/failure.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options extends AuditFlags {
  readonly files?: string
  readonly log?: string
  readonly dir?: string
  readonly receipt?: string[]
  readonly bootstrap?: BootstrapNode[]
  readonly all?: boolean
  readonly parallel?: number
  readonly acceptScript?: string[]
  readonly mirror?: string[]
  readonly node?: string
  readonly json?: boolean
}

export function addVerify(program: Command, context: Context): void {
  const command = program
    .command('verify')
    .description('replay a whole history and compare: did the host do what it says?')
    .argument('[address]', 'host, vms://<key>, or the directory of a stopped service')
    .option('--log <address>', 'take the ledger from here (host, vms://<key> or directory)')
    .option(
      '--files <head | address>',
      'head: compare only the hash of the files, not their contents; an address: compare with the files published there (host, hyper://<key>, vms://<key> or directory)',
    )
    .option('--dir <directory>', 'keep the downloaded blocks in this directory')
    .option('--receipt <file>', 'check that this receipt is in the ledger; repeatable', collect)
    .addOption(bootstrapOption())
    .option('--all', 'audit a whole host: its provisioning log, and every service that it names')
    .option(
      '--parallel <n>',
      'services that --all audits at one time (default: one for each processor, at most 4)',
      wholeNumber(1, 64),
    )
    .option(
      '--accept-script <sha256>',
      'with --all: trust this provisioning script, too, beside those of VMS; repeatable',
      hashes,
    )
    .option(
      '--mirror <address>',
      'with --all: look for the ledgers of purged services here, too (directory or host); repeatable',
      collect,
    )
    .option(
      '--node <path>',
      'audit with this Node, to decide a difference between engines (default: a Node on this computer with the engine of the ledger, if there is one)',
    )
    .option('--json', 'print the report as one JSON object on stdout')
  addAuditBudgets(command)
    .addHelpText(
      'after',
      `
Examples:
  vms verify localhost:5555
  vms verify .vms/rsvp                       # a stopped service
  vms verify :5555 --receipt rsvp.receipt    # and that your call is in it
  vms verify :5555 --files head              # without downloading what the files hold
  vms verify :5555 --json
  vms verify example.org --all               # a host of many: provisioning and all services
  vms verify vms://<key of its provisioning log> --all    # the same over the DHT
${BUDGETS_HELP}
${VERIFY_EXIT_HELP}`,
    )
    .action((address: string | undefined, options: Options) =>
      stoppable(context, async ({ signal }) => {
        try {
          context.exitCode = await run(context, address, options, signal)
        } catch (error) {
          if (signal.aborted) throw error
          context.exitCode = await fail(context, error, options.json === true)
        }
      }),
    )
}

/** Resolves with the exit code. */
async function run(
  context: Context,
  address: string | undefined,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const from = options.log ?? address
  if (from === undefined) throw new UsageError('say what to verify: an address, or --log <address>')
  if (options.node !== undefined)
    return withNode(context, resolve(context.cwd, options.node), signal)
  if (options.all) return verifyAll(context, from, options, signal)
  for (const [flag, value, use] of [
    ['--accept-script', options.acceptScript, 'it accepts a script of the provisioning log'],
    ['--mirror', options.mirror, 'it names another place with the services of a host'],
    ['--parallel', options.parallel, 'it is the number of services audited at one time'],
  ] as const)
    if (value !== undefined) throw new UsageError(`${flag} needs --all: ${use}`)
  const claimed = options.log === undefined ? undefined : address
  return verify(context, from, claimed, options, signal)
}

async function verify(
  context: Context,
  from: string,
  claimed: string | undefined,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const { output, cwd } = context
  const log = parseTarget(from, cwd)
  const headOnly = options.files === 'head'
  const files = options.files === undefined || headOnly ? null : parseTarget(options.files, cwd)
  const receipts = await Promise.all(
    (options.receipt ?? []).map((file) => readReceipt(resolve(cwd, file))),
  )
  // Loaded here, because the help does not need a database and a virtual machine.
  const { runAudit } = await import('../audit/audit.ts')
  const { ledgerKeyOf } = await import('../connect/source.ts')
  const report = await runAudit({
    output,
    log,
    name: from,
    expected:
      claimed === undefined
        ? null
        : { key: await ledgerKeyOf(parseTarget(claimed, cwd), signal), name: claimed },
    files,
    contents: headOnly ? 'head' : 'all',
    receipts,
    budgets: budgetsOf(options),
    signal,
    dir: options.dir === undefined ? undefined : resolve(cwd, options.dir),
    bootstrap: options.bootstrap,
  })
  const decided = await decidedElsewhere(context, report, signal)
  if (decided !== null) return decided
  tellReport(output, report)
  await tellWhereDecided(context, report)
  if (options.json) output.print(safeJson(report))
  return VERDICT_EXIT[report.verdict]
}

const argsOf = (): string[] => process.argv.slice(2)

/** Runs the whole command on another Node. Resolves with its exit code. */
async function withNode({ cwd, env }: Context, node: string, signal: AbortSignal): Promise<number> {
  const { runAgain } = await import('../audit/other-node.ts')
  try {
    return await runAgain({ node, args: argsOf(), cwd, env, signal })
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new UsageError(`${node} cannot be run: ${(cause as Error).message}`, { cause })
  }
}

/** Audits again with a Node on this computer that can decide a difference. Null if there is no difference or no such Node. */
async function decidedElsewhere(
  context: Context,
  report: AuditReport,
  signal: AbortSignal,
): Promise<number | null> {
  const { engineToTry, findNode } = await import('../audit/other-node.ts')
  const engine = engineToTry(report, context.env)
  const node = engine && (await findNode(engine, context.env))
  if (node === null) return null
  const [found] = report.findings
  context.output.tell(
    `Entry ${found?.entry} differs, and the host recorded it on another engine. ${node} has that engine: auditing again with it.`,
  )
  return await withNode(context, node, signal)
}

async function tellWhereDecided({ output, env }: Context, report: AuditReport): Promise<void> {
  const { engineToTry, hintFor } = await import('../audit/other-node.ts')
  const engine = engineToTry(report, env)
  if (!engine) return
  const semantics = report.script?.semantics ?? 0
  output.tell('')
  for (const line of hintFor({ semantics, engine }, argsOf())) output.tell(safeText(line))
}

async function verifyAll(
  { output, cwd }: Context,
  from: string,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const { files, receipt, dir, log } = options
  if (files !== undefined || receipt || dir !== undefined || log !== undefined)
    throw new UsageError(
      '--all takes an address, --parallel, --accept-script, --mirror, --bootstrap, --node, --json and budgets, and no other flag',
    )
  const target = parseTarget(from, cwd)
  const { findHost } = await import('../audit/host-place.ts')
  const { auditAll } = await import('../audit/audit-all.ts')
  const { findMirror } = await import('../audit/mirror.ts')
  const { tellSummary } = await import('../audit/summary.ts')
  const { bootstrap } = options
  const place = await findHost(target, { signal, bootstrap })
  const parallel = options.parallel ?? Math.min(4, availableParallelism())
  const accepted = options.acceptScript ?? []
  const audit = await auditAll({
    output,
    place,
    mirrors: (options.mirror ?? []).map((mirror) => findMirror(mirror, cwd)),
    parallel,
    accepted,
    budgets: budgetsOf(options),
    signal,
    bootstrap,
  })
  tellSummary(output, audit)
  if (options.json) output.print(safeJson(audit))
  return VERDICT_EXIT[audit.verdict]
}

async function readReceipt(file: string): Promise<Receipt> {
  const { decodeReceipt } = await import('@vms/auditor')
  try {
    return decodeReceipt(await readFile(file))
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new UsageError(`there is no receipt at ${file}`, { cause })
    throw new UsageError(`${file} is no receipt: ${message}`, {
      cause,
      hint: 'vms call … --receipt <file> stores one',
    })
  }
}

/**
 * Reports an error that ended an audit. Wrong usage is 2, any other error 3. Only an error that is itself a proof, two signed
 * histories, is the verdict that the host is at fault. With `--json` it prints an object all the same.
 */
async function fail({ output }: Context, error: unknown, json: boolean): Promise<number> {
  if (exitOf(error) === EXIT.usage) throw error
  reportFailure(error, output)
  const { forkFinding } = await import('@vms/auditor')
  const fork = await forkFinding(error)
  const verdict = fork?.severity === 'proven' ? 'host-fault' : 'incomplete'
  if (json) output.print(safeJson(unfinished(error, verdict, fork ? [fork] : [])))
  return VERDICT_EXIT[verdict]
}

type Unfinished = Pick<AuditReport, 'version' | 'verdict' | 'entries' | 'calls' | 'findings'> & {
  readonly head: null
  readonly ledger: null
  readonly files: null
  readonly error: FailureJson
}

function unfinished(
  error: unknown,
  verdict: AuditReport['verdict'],
  findings: AuditReport['findings'],
): Unfinished {
  return {
    version: 1,
    verdict,
    head: null,
    entries: 0,
    calls: 0,
    ledger: null,
    files: null,
    findings,
    error: failureOf(error),
  }
}
