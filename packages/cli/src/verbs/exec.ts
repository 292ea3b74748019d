/** `vms exec`: serves a script until it is told to stop. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from '../errors/errors.ts'
import { EXIT_HELP } from '../errors/exit.ts'
import {
  addOperatingFlags,
  type OperatingFlags,
  operatingFrom,
  renewOnHangup,
} from '../host/operator-flags.ts'
import { addOracleFlags, loadOracles, ORACLES_HELP, type OracleFlags } from '../host/oracles.ts'
import { SITE_HELP, sitePages } from '../host/site.ts'
import { callerIds, callerKey } from '../options/caller-ids.ts'
import { type BootstrapNode, bootstrapNodes, duration, port } from '../options/options.ts'
import { safeJson } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stopOnSignal } from '../process/signals.ts'

interface Options extends OracleFlags, OperatingFlags {
  readonly port?: number
  readonly host?: string
  readonly debug?: boolean
  readonly dir?: string
  readonly title?: string
  readonly upgradeBy?: string[]
  readonly upgradeDelay?: number
  readonly site?: string
  readonly bootstrap?: BootstrapNode[]
  readonly swarm: boolean
  readonly dht?: boolean
  readonly json?: boolean
}

export function addExec(program: Command, context: Context): void {
  const command = addOracleFlags(
    program
      .command('exec')
      .description('serve a script; goes on with its ledger if there is one')
      .argument('<script>', 'JavaScript (CommonJS) as it is, or TypeScript and imports, bundled')
      .option('-p, --port <port>', 'port to listen on (default: 5555)', port)
      .option(
        '--host <name>',
        'address to listen on (default: this machine only; 0.0.0.0 lets everyone in)',
      )
      .option(
        '-d, --debug',
        'let callers use plain names instead of signatures; recorded in the ledger',
      )
      .option('--dir <directory>', 'directory of the service (default: ./.vms/<script name>)')
      .option('--title <title>', "the service's title (default: the script's name)")
      .option(
        '--upgrade-by <caller id>',
        'who may upgrade the script of a new ledger; repeatable (default: nobody)',
        callerIds,
      )
      .option(
        '--upgrade-delay <duration>',
        'how long before an upgrade takes effect, such as 24h (default: at once)',
        duration,
      )
      .option('--site <folder>', SITE_HELP),
  )
  addOperatingFlags(command)
    .option('--bootstrap <host:port>', 'join a DHT of your own by these nodes', bootstrapNodes)
    .option('--no-swarm', 'stay off the DHT')
    .option('--dht', 'take calls over the DHT too, from whoever knows the vms:// address')
    .option('--json', 'print one line of JSON on stdout when ready')
    .addHelpText(
      'after',
      `
Browsers find the explorer at /explorer/, and at / without a --site.
Everything but the line of --json goes to stderr. Ctrl-C finishes what is being committed and
says the final head.
${ORACLES_HELP}

Examples:
  vms exec rsvp.js
  vms exec rsvp.ts -p 8080 --host 0.0.0.0 --dir /srv/rsvp
  vms exec rsvp.js --json --no-swarm
  vms exec rsvp.js --site rsvp-page      # a page at http://localhost:5555/ beside the service
  vms exec rsvp.js --dht                # callable as vms://… from anywhere, no port to open
  vms exec weather.js --oracles oracles.js --oracle-fetch https://api.example.org
${EXIT_HELP}`,
    )
    .action((script: string, options: Options) => serve(context, script, options))
}

async function serve(context: Context, file: string, options: Options): Promise<void> {
  const { output, cwd } = context
  if (options.dht && !options.swarm)
    throw new UsageError('--dht takes calls over the DHT, and --no-swarm stays off it')
  if (options.upgradeDelay !== undefined && !options.upgradeBy)
    throw new UsageError('--upgrade-delay says when upgrades take effect; --upgrade-by says whose')
  // Loaded here, so that the other verbs start without a database and a virtual machine.
  const { loadScript } = await import('../script/script.ts')
  const stopping = stopOnSignal(output)
  context.outlivesReader = true
  try {
    const script = await loadScript(file, { cwd, color: output.color })
    const { tellState } = await import('../check/state-warning.ts')
    const operating = await operatingFrom(context, options)
    const { told } = operating
    tellState(told.output, script, file, cwd)
    const oracles = await loadOracles(options, { cwd, color: output.color })
    const pages =
      options.site === undefined ? undefined : await sitePages(resolve(cwd, options.site))
    const { defaultDirectory, startHost, tellClosed, tellReady } = await import('../host/serve.ts')
    const host = await startHost(script, {
      dir: options.dir === undefined ? defaultDirectory(file, cwd) : resolve(cwd, options.dir),
      ...(options.port !== undefined && { port: options.port }),
      ...(options.host !== undefined && { host: options.host }),
      ...(options.debug && { debug: true }),
      ...(options.title !== undefined && { title: options.title }),
      ...(options.upgradeBy && {
        upgrade: {
          callers: options.upgradeBy.map(callerKey),
          delayMs: options.upgradeDelay ?? 0,
        },
      }),
      ...(pages && { pages }),
      oracles,
      operating,
      swarm: options.swarm
        ? {
            ...(options.bootstrap && { bootstrap: options.bootstrap }),
            calls: options.dht ?? false,
          }
        : null,
    })
    const stopRenewing = renewOnHangup(context, options, operating.log, host)
    if (operating.pretty) tellReady(told, host, oracles, options.dht)
    else operating.log.info(readyEvent(host), 'serving')
    if (options.json) output.print(safeJson(readyEvent(host)))
    context.exitCode = await stopping.stopped
    stopRenewing()
    told.output.tell('Stopping…')
    tellClosed(told, host, await host.close())
  } finally {
    stopping.end()
  }
}

interface Ready {
  readonly url: string
  readonly ledgerUrl: string
  readonly filesUrl: string
  readonly dir: string
  readonly methods: readonly string[]
}

/** The line of `--json`: a contract with the programs that start hosts. */
const readyEvent = ({ url, ledgerUrl, filesUrl, dir, methods }: Ready) => ({
  event: 'ready',
  url,
  ledger: ledgerUrl,
  files: filesUrl,
  directory: dir,
  methods,
})
