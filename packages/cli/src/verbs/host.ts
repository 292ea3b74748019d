/** `vms host`: serves many services, which others deploy, until a signal stops it. */
import { join, resolve } from 'node:path'
import { callerId } from '@vms/client'
import type { HostOfMany, PolicyOptions, Quotas } from '@vms/host'
import type { Command } from 'commander'
import { openCallerKey } from '../calls/keyfile.ts'
import { UsageError } from '../errors/errors.ts'
import { EXIT_HELP } from '../errors/exit.ts'
import { addOperatingFlags, hostLogging, type OperatingFlags } from '../host/operator-flags.ts'
import { serveUntilStopped } from '../host/serve.ts'
import { SITE_HELP, sitePages } from '../host/site.ts'
import { callerIds } from '../options/caller-ids.ts'
import {
  type BootstrapNode,
  bootstrapOption,
  bytes,
  port,
  wholeNumber,
} from '../options/options.ts'
import { labelled } from '../output/output.ts'
import { plural } from '../output/quantities.ts'
import { type Context, commandName } from '../process/context.ts'

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
    .option('--admin <caller id>', 'let this caller deploy; repeatable (default: you)', callerIds)
    .option('--open', 'let everybody deploy, within the quotas')
    .option('--max-services <n>', 'services that the host keeps (default: 1000)', count)
    .option(
      '--max-machines <n>',
      'machines that run at one time; other services wait (default: 32)',
      wholeNumber(1, 10_000),
    )
    .option(
      '--max-wakings <n>',
      'sleeping services that one address may wake in a minute (default: 60)',
      wholeNumber(1, 1_000_000),
    )
    .option(
      '--quota-services <n>',
      'services of one caller; admins have no limit (default: 10)',
      count,
    )
    .option(
      '--quota-deploys <n>',
      'deploys an hour, all callers together; admins have no limit (default: 100)',
      count,
    )
    .option('--quota-script <bytes>', 'size of one script (default: 1MiB)', bytes)
    .option('--quota-stored <bytes>', 'storage of one service (default: 1GiB)', bytes)
    .option(
      '--quota-calls <n>',
      'calls per second of one caller to one service (default: 200)',
      count,
    )
    .option('--site <folder>', SITE_HELP)
    .option('--dht', 'take calls over the DHT: callers reach each service that runs at vms://<key>')
    .addOption(bootstrapOption('join your own DHT, through these nodes'))
    .option('--json', 'print one line of JSON on stdout when ready')
    .addHelpText(
      'after',
      `
The host's provisioning log records who may deploy, and the quotas. Anyone can audit it. Other flags
at the next start change them there. Services that nobody uses sleep. Browsers find the explorer at
/explorer/, and at / without a --site.

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
  const { cwd } = context
  const { maxMachines, maxWakings, bootstrap } = options
  if (bootstrap && !options.dht)
    throw new UsageError('--bootstrap joins a DHT, and only --dht uses one', {
      hint: 'add --dht, or leave out --bootstrap',
    })
  await serveUntilStopped(context, options, async (operating) => {
    const { told } = operating
    const pages = await sitePages(options.site, cwd)
    // Loaded here, because the help does not need a database and a virtual machine.
    const { createHost } = await import('@vms/host')
    const host = await createHost({
      dir: resolve(cwd, options.dir ?? join('.vms', 'host')),
      policy: await policyFrom(told, options),
      ...(pages && { pages }),
      ...(options.port !== undefined && { port: options.port }),
      ...(options.host !== undefined && { hostname: options.host }),
      hostLimits: {
        ...(maxMachines !== undefined && { machines: maxMachines }),
        ...(maxWakings !== undefined && { wakingsPerMinute: maxWakings }),
      },
      ...(options.dht && { swarm: { calls: true, ...(bootstrap && { bootstrap }) } }),
      ...operating.options,
      ...hostLogging(operating.log, (service) => service.slice(0, 8)),
    })
    return {
      host,
      ready: readyEvent(host),
      tellReady: () => tellReady(context, host, options.dht === true),
      async close() {
        await host.close()
        told.output.tell('Stopped.')
      },
    }
  })
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
  const row = labelled(output, 18)
  const { length } = host.services
  tell(`${style('green', '✔')} Hosting at ${style('bold', address)}`)
  row('Directory', `${host.dir} (${host.created ? 'new' : plural(length, 'service')})`)
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
  event: 'ready' as const,
  url,
  provisioning: provisioning.ledger,
  services: services.length,
  directory: dir,
  policy,
})
