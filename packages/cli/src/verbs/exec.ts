/** `vms exec`: serves a script until a signal stops it. */
import { resolve } from 'node:path'
import type { Host } from '@vms/host'
import type { Command } from 'commander'
import { UsageError } from '../errors/errors.ts'
import { EXIT_HELP } from '../errors/exit.ts'
import { addOperatingFlags, type OperatingFlags } from '../host/operator-flags.ts'
import { addOracleFlags, loadOracles, ORACLES_HELP, type OracleFlags } from '../host/oracles.ts'
import { serveUntilStopped } from '../host/serve.ts'
import { SITE_HELP, sitePages } from '../host/site.ts'
import { callerKey } from '../options/caller-ids.ts'
import { type BootstrapNode, bootstrapOption, port } from '../options/options.ts'
import { addUpgradeFlags, type UpgradeFlags, upgradersOf } from '../options/upgrade-flags.ts'
import type { Context } from '../process/context.ts'

interface Options extends OracleFlags, OperatingFlags, UpgradeFlags {
  readonly port?: number
  readonly host?: string
  readonly debug?: boolean
  readonly dir?: string
  readonly title?: string
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
      .description('serve a script; continues its ledger if there is one')
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
      .option('--site <folder>', SITE_HELP),
  )
  addOperatingFlags(addUpgradeFlags(command))
    .addOption(bootstrapOption('join your own DHT, through these nodes'))
    .option('--no-swarm', 'stay off the DHT')
    .option('--dht', 'take calls over the DHT, too, at the vms:// address of the service')
    .option('--json', 'print one line of JSON on stdout when ready')
    .addHelpText(
      'after',
      `
Browsers find the explorer at /explorer/, and at / without a --site.
stdout has the line of --json and nothing else. On Ctrl-C the host finishes the commit in hand, and
prints the final head.
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
    throw new UsageError('--dht takes calls over the DHT, but --no-swarm stays off it', {
      hint: 'leave out one of the two',
    })
  const upgraders = upgradersOf(options)
  await serveUntilStopped(context, options, async (operating) => {
    const { told } = operating
    const { loadScript } = await import('../script/script.ts')
    const script = await loadScript(file, { cwd, color: output.color })
    const { tellState } = await import('../check/state-warning.ts')
    tellState(told.output, script, file, cwd)
    const oracles = await loadOracles(options, { cwd, color: output.color })
    const { defaultDirectory, startHost, tellClosed, tellReady } = await import(
      '../host/script-host.ts'
    )
    const host = await startHost(script, {
      dir: options.dir === undefined ? defaultDirectory(file, cwd) : resolve(cwd, options.dir),
      port: options.port,
      host: options.host,
      debug: options.debug,
      title: options.title,
      upgrade: upgraders ? { ...upgraders, callers: upgraders.callers.map(callerKey) } : undefined,
      pages: await sitePages(options.site, cwd),
      oracles,
      operating,
      swarm: options.swarm ? { bootstrap: options.bootstrap, calls: options.dht ?? false } : null,
    })
    return {
      host,
      ready: readyEvent(host),
      tellReady: () => tellReady(told, host, oracles, options.dht),
      close: async () => tellClosed(told, host, await host.close()),
    }
  })
}

/** The line of `--json`: a contract with the programs that start hosts. */
const readyEvent = ({
  url,
  ledgerUrl,
  filesUrl,
  dir,
  methods,
}: Pick<Host, 'url' | 'ledgerUrl' | 'filesUrl' | 'dir' | 'methods'>) => ({
  event: 'ready' as const,
  url,
  ledger: ledgerUrl,
  files: filesUrl,
  directory: dir,
  methods,
})
