/** `vms host`: serves many services, deployed by others, until it is told to stop. */
import { join, resolve } from 'node:path'
import { callerId } from '@vms/client'
import type { HostOfMany, PolicyOptions, Quotas } from '@vms/host'
import type { Command } from 'commander'
import { openCallerKey } from '../calls/keyfile.ts'
import { UsageError } from '../errors/errors.ts'
import { EXIT_HELP } from '../errors/exit.ts'
import {
  addOperatingFlags,
  type OperatingFlags,
  operatingFrom,
  renewOnHangup,
  tellers,
} from '../host/operator-flags.ts'
import { SITE_HELP, sitePages } from '../host/site.ts'
import { callerIds } from '../options/caller-ids.ts'
import { type BootstrapNode, bootstrapNodes, bytes, port, wholeNumber } from '../options/options.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import { type Context, commandName } from '../process/context.ts'
import { stopOnSignal } from '../process/signals.ts'

interface Options extends OperatingFlags {
  readonly dir?: string
  readonly port?: number
  readonly host?: string
  readonly admin?: string[]
  readonly open?: boolean
  readonly maxServices?: number
  readonly maxMachines?: number
  readonly maxWakings?: number
  readonly quotaServices?: number
  readonly quotaDeploys?: number
  readonly quotaScript?: number
  readonly quotaStored?: number
  readonly quotaCalls?: number
  readonly site?: string
  readonly dht?: boolean
  readonly bootstrap?: BootstrapNode[]
  readonly json?: boolean
}

const count = wholeNumber(0, 1_000_000_000)

export function addHost(program: Command, context: Context): void {
  addOperatingFlags(program.command('host'))
    .description('serve many services, which others deploy')
    .option('--dir <directory>', 'directory of the host (default: ./.vms/host)')
    .option('-p, --port <port>', 'port to listen on (default: 5555)', port)
    .option(
      '--host <name>',
      'address to listen on (default: this machine only; 0.0.0.0 lets everyone in)',
    )
    .option('--admin <caller id>', 'who may deploy; repeatable (default: you)', callerIds)
    .option('--open', 'let everybody deploy, within the quotas')
    .option('--max-services <n>', 'services that the host keeps (default: 1000)', count)
    .option(
      '--max-machines <n>',
      'machines that run at one time; others wait (default: 32)',
      wholeNumber(1, 10_000),
    )
    .option(
      '--max-wakings <n>',
      'sleeping services that one address may wake in a minute (default: 60)',
      wholeNumber(1, 1_000_000),
    )
    .option('--quota-services <n>', 'services of one caller, admins excepted (default: 10)', count)
    .option(
      '--quota-deploys <n>',
      'deploys in one hour of all, admins excepted (default: 100)',
      count,
    )
    .option('--quota-script <bytes>', 'size of one script (default: 1MiB)', bytes)
    .option('--quota-stored <bytes>', 'what one service may store (default: 1GiB)', bytes)
    .option(
      '--quota-calls <n>',
      'calls per second of one caller to one service (default: 200)',
      count,
    )
    .option('--site <folder>', SITE_HELP)
    .option('--dht', 'be found over the DHT: each service that runs is callable as vms://<key>')
    .option('--bootstrap <host:port>', 'join a DHT of your own by these nodes', bootstrapNodes)
    .option('--json', 'print one line of JSON on stdout when ready')
    .addHelpText(
      'after',
      `
Who may deploy and the quotas are in the host's provisioning log, which anyone can audit; other
flags at the next start change them there. Services that nobody uses sleep. Browsers find the
explorer at /explorer/, and at / without a --site.

Examples:
  vms host                              you may deploy
  vms host --open --host 0.0.0.0        everybody may
  vms host --admin <id> --admin <id> --max-services 50
  vms host --dht                        reachable from anywhere, no port to open
${EXIT_HELP}`,
    )
    .action((options: Options) => serve(context, options))
}

async function serve(context: Context, options: Options): Promise<void> {
  const { output, cwd } = context
  if (options.bootstrap && !options.dht)
    throw new UsageError('--bootstrap says how the DHT is joined, and only --dht joins it')
  // Loaded here, so that the other verbs start without a database and a virtual machine.
  const { createHost } = await import('@vms/host')
  const stopping = stopOnSignal(output)
  context.outlivesReader = true
  try {
    const operating = await operatingFrom(context, options)
    const { told } = operating
    const policy = await policyFrom(told, options)
    const pages =
      options.site === undefined ? undefined : await sitePages(resolve(cwd, options.site))
    const host = await createHost({
      dir: resolve(cwd, options.dir ?? join('.vms', 'host')),
      policy,
      ...(pages && { pages }),
      ...(options.port !== undefined && { port: options.port }),
      ...(options.host !== undefined && { hostname: options.host }),
      hostLimits: {
        ...(options.maxMachines !== undefined && { machines: options.maxMachines }),
        ...(options.maxWakings !== undefined && { wakingsPerMinute: options.maxWakings }),
      },
      ...(options.dht && {
        swarm: { calls: true, ...(options.bootstrap && { bootstrap: options.bootstrap }) },
      }),
      ...operating.options,
      ...tellers(operating.log, (service) => service.slice(0, 8)),
    })
    const stopRenewing = renewOnHangup(context, options, operating.log, host)
    if (operating.pretty) tellReady(context, host, options.dht === true)
    else operating.log.info(readyEvent(host), 'serving')
    if (options.json) output.print(safeJson(readyEvent(host)))
    context.exitCode = await stopping.stopped
    stopRenewing()
    told.output.tell('Stopping…')
    await host.close()
    told.output.tell('Stopped.')
  } finally {
    stopping.end()
  }
}

async function policyFrom(context: Context, options: Options): Promise<PolicyOptions> {
  const { admin, open = false } = options
  const quotas: { [Q in keyof Quotas]: number | undefined } = {
    services: options.maxServices,
    servicesPerCaller: options.quotaServices,
    deploysPerHour: options.quotaDeploys,
    scriptBytes: options.quotaScript,
    storedBytes: options.quotaStored,
    callsPerSecond: options.quotaCalls,
  }
  const given = Object.entries(quotas).filter(([, value]) => value !== undefined)
  const you = admin || open ? [] : [callerId((await openCallerKey(context, undefined)).publicKey)]
  return { admins: admin ?? you, open, quotas: Object.fromEntries(given) }
}

function tellReady({ output, env }: Context, host: HostOfMany, dht: boolean): void {
  const { tell, style } = output
  const address = host.url.replace(/^ws:\/\//, '')
  const row = (label: string, value: string): void =>
    tell(`${style('bold', label.padEnd(18))}${safeText(value)}`)
  const { length } = host.services
  tell(`${style('green', '✔')} Hosting at ${style('bold', address)}`)
  row('Directory', `${host.dir} (${host.created ? 'new' : `${length} services`})`)
  row('Provisioning log', host.provisioning.ledger)
  row('May deploy', who(host.policy))
  tell('')
  const vms = commandName(env)
  if (dht) row('From anywhere', `${vms} call vms://<service id> <method>`)
  row('Deploy', `${vms} deploy <script> --to ${address}`)
  row('List', `${vms} services ${address}`)
  row('Verify', `${vms} verify ${address} --all`)
  row('In a browser', `${host.url.replace(/^ws/, 'http')}/explorer/`)
  row('Stop it', 'Ctrl-C')
}

const who = ({ open, admins }: HostOfMany['policy']): string =>
  open ? 'everybody, within the quotas' : admins.join(', ') || 'nobody'

/** The line of `--json`: a contract with the programs that start hosts. */
const readyEvent = ({ url, dir, provisioning, services, policy }: HostOfMany) => ({
  event: 'ready',
  url,
  provisioning: provisioning.ledger,
  services: services.length,
  directory: dir,
  policy,
})
