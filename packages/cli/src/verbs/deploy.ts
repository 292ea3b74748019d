/** `vms deploy`: deploys a script on a host of many services. */
import type { Command } from 'commander'
import type { AnyRemote } from '../calls/client.ts'
import { type Settings, settingsToSign, wantedSettings } from '../calls/deploy-settings.ts'
import {
  type Deployed,
  type ProvisioningTarget,
  parseProvisioningAddress,
  provision,
  refusedByHost,
} from '../calls/provisioning.ts'
import { serviceUrl } from '../connect/target.ts'
import { EXIT_HELP } from '../errors/exit.ts'
import { type BootstrapNode, bootstrapOption } from '../options/options.ts'
import { addUpgradeFlags, type UpgradeFlags, upgradersOf } from '../options/upgrade-flags.ts'
import { labelled } from '../output/output.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options extends UpgradeFlags {
  readonly to: string
  readonly title?: string
  readonly key?: string
  readonly setting?: Settings
  readonly bootstrap?: BootstrapNode[]
  readonly json?: boolean
}

export function addDeploy(program: Command, context: Context): void {
  const command = program
    .command('deploy')
    .description('deploy a script on a host of many, and print its address')
    .argument('<script>', 'JavaScript (CommonJS) as it is, or TypeScript and imports, bundled')
    .requiredOption('--to <host>', 'address of the host, or vms://<key> of its provisioning log')
    .option('--title <title>', "the service's title (default: the script's name)")
  addUpgradeFlags(command)
    .option(
      '--setting <name=number>',
      'sign a lower value than the host allows, such as epochCalls=100 or limits.fuelPerCall=1000000; repeatable',
      wantedSettings,
    )
    .option('--key <file>', 'key file that signs the deploy')
    .addOption(bootstrapOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
The host's provisioning log records the script, its deployer and the time for ever. Nobody can change
the genesis of the ledger (script, limits, who may upgrade) afterwards. The deploy signs all of it. The
limits are those of the host's policy, unless --setting lowers one.

Examples:
  vms deploy rsvp.js --to localhost:5555
  vms deploy rsvp.ts --to wss://example.org --title 'My party'
  vms call "$(vms deploy rsvp.js --to :5555)" RSVP true
  vms deploy rsvp.js --to vms://<key>    over the DHT, to a host that runs with --dht
  vms deploy rsvp.js --to :5555 --upgrade-by $(vms key) --upgrade-delay 7d
  vms deploy rsvp.js --to :5555 --setting limits.fuelPerCall=1000000
${EXIT_HELP}`,
    )
    .action((file: string, options: Options) =>
      stoppable(context, ({ signal }) => deploy(context, file, options, signal)),
    )
}

async function deploy(
  context: Context,
  file: string,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { output, cwd } = context
  const upgraders = upgradersOf(options)
  const target = parseProvisioningAddress(options.to, 'vms deploy')
  const { loadScript } = await import('../script/script.ts')
  const script = await loadScript(file, { cwd, color: output.color })
  const { tellState } = await import('../check/state-warning.ts')
  tellState(output, script, file, cwd)
  const wanted = {
    name: script.name,
    title: options.title ?? script.title,
    source: script.source,
    upgrade: upgraders ?? { callers: [], delayMs: 0 },
  }
  const signed = async (client: AnyRemote): Promise<unknown[]> => {
    const settings = await settingsToSign(client, options.setting ?? {})
    return [{ ...wanted, ...(settings && { settings }) }]
  }
  try {
    const deployed = await provision(
      context,
      target,
      {
        signal,
        key: options.key,
        bootstrap: options.bootstrap,
      },
      ['deploy', signed],
    )
    tell(context, target, deployed, options.json === true)
  } catch (error) {
    throw refusedByHost(error, script, output.color)
  }
}

function tell(
  { output }: Context,
  target: ProvisioningTarget,
  deployed: Deployed,
  json: boolean,
): void {
  const { id, title, ledger, files, methods } = deployed
  const url = target.kind === 'ledger' ? ledger : serviceUrl(target, id)
  if (json) {
    output.print(safeJson({ version: 1, url, id, title, ledger, files, methods }))
    return
  }
  const row = labelled(output, 10)
  output.tell(`${output.style('green', '✔')} Deployed ${safeText(title)}`)
  row('Ledger', ledger)
  row('Files', files)
  row('Methods', methods.join(', '))
  output.print(url)
}
