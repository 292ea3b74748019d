/** `vms dev`: serves a script while its author writes it. Each save begins a new ledger, so nobody can audit the service. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Host } from '@vms/host'
import type { Command } from 'commander'
import { EXIT } from '../errors/exit.ts'
import { readOperatingFlags } from '../host/operator-flags.ts'
import { addOracleFlags, loadOracles, type OracleFlags } from '../host/oracles.ts'
import { SITE_HELP, sitePages } from '../host/site.ts'
import { FileWatch } from '../host/watch.ts'
import { port } from '../options/options.ts'
import type { Context } from '../process/context.ts'
import { exitOf, reportFailure } from '../process/failure.ts'
import { type Stopping, stopOnSignal } from '../process/signals.ts'
import type { LoadedScript } from '../script/script.ts'

interface Options extends OracleFlags {
  readonly port?: number
  readonly host?: string
  readonly debug?: boolean
  readonly site?: string
  readonly once?: boolean
}

/** One start of the script. */
interface Round {
  readonly context: Context
  readonly file: string
  readonly dir: string
  readonly options: Options
  readonly stopping: Stopping
  readonly first: boolean
}

export function addDev(program: Command, context: Context): void {
  addOracleFlags(
    program
      .command('dev')
      .description('serve a script while you write it: each save begins anew (not auditable)')
      .argument('<script>', 'script to serve and watch')
      .option('-p, --port <port>', 'port to listen on (default: 5555)', port)
      .option('--host <name>', 'address to listen on (default: this machine only)')
      .option('-d, --debug', 'let callers use plain names instead of signatures'),
  )
    .option('--site <folder>', SITE_HELP)
    .option('--once', 'say whether the script starts, and end')
    .addHelpText(
      'after',
      `
Each save deletes the ledger and the files, and begins new ones under ./.vms/dev. For a service that
keeps its history, use "vms exec". A save of the module of oracles counts as well. The modules that
it imports are loaded once.

Examples:
  vms dev rsvp.js
  vms dev rsvp.js --once     # in CI: exit code 1 if the script does not start`,
    )
    .action((script: string, options: Options) => develop(context, script, options))
}

async function develop(context: Context, file: string, options: Options): Promise<void> {
  const { output } = context
  const stopping = stopOnSignal(output)
  context.outlivesReader = true
  const folder = join(context.cwd, '.vms', 'dev')
  await mkdir(folder, { recursive: true })
  try {
    output.tell(
      output.style(
        ['yellow', 'bold'],
        'DEV: not auditable. Each save begins a new ledger; the old one is thrown away.',
      ),
    )
    for (let first = true; stopping.exitCode() === null; first = false) {
      const dir = await mkdtemp(join(folder, 'service-'))
      try {
        const failure = await serveUntilSaved({ context, file, dir, options, stopping, first })
        if (options.once) {
          context.exitCode = failure ?? EXIT.done
          return
        }
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    }
    context.exitCode = stopping.exitCode() ?? EXIT.done
  } finally {
    stopping.end()
  }
}

/** Serves until a save or a signal; with `--once`, until the service is up. Resolves with the exit code of an error, or null. */
async function serveUntilSaved(round: Round): Promise<number | null> {
  const { context, file, options, stopping } = round
  const { output, cwd } = context
  const { loadScript } = await import('../script/script.ts')
  const files = [file, ...(options.oracles === undefined ? [] : [options.oracles])]
  const watches = options.once ? [] : [new FileWatch(files.map((each) => resolve(cwd, each)))]
  let running: Host | null = null
  let failure: number | null = null
  try {
    try {
      const script = await loadScript(file, { cwd, color: output.color })
      // Before the start, so that a save during the start counts too.
      if (!options.once) watches.push(new FileWatch(script.inputs))
      running = await start(round, script)
    } catch (error) {
      failure = exitOf(error)
      // No save of the script mends a missing file or a port that is in use.
      if (failure !== EXIT.no && round.first) throw error
      reportFailure(error, output)
    }
    if (watches.length > 0) {
      output.tell('Save the script to begin anew, Ctrl-C to stop.')
      await Promise.race([...watches.map((watch) => watch.changed), stopping.stopped])
      if (stopping.exitCode() === null) output.tell('\nSaved: beginning anew.')
    }
  } finally {
    for (const watch of watches) watch.close()
    await running?.close()
  }
  return failure
}

async function start({ context, dir, options }: Round, script: LoadedScript): Promise<Host> {
  const { startHost, tellReady } = await import('../host/script-host.ts')
  const { port, host, debug = false } = options
  const { cwd, output } = context
  const oracles = await loadOracles(options, { cwd, color: output.color, anew: true })
  const running = await startHost(script, {
    dir,
    port,
    host,
    debug,
    swarm: null,
    operating: await readOperatingFlags(context, { logLevel: 'info', logFormat: 'pretty' }),
    oracles,
    pages: await sitePages(options.site, cwd),
  })
  tellReady(context, running, oracles)
  return running
}
