/** `vms services`: lists the services of a host of many. */
import type { Command } from 'commander'
import { type ProvisioningTarget, parseProvisioningAddress } from '../calls/provisioning.ts'
import { fetchHostInfo, type HostInfo, type ServiceInfo } from '../connect/host-info.ts'
import type { HostByKey } from '../connect/services-by-key.ts'
import { serviceUrl } from '../connect/target.ts'
import { type BootstrapNode, bootstrapOption } from '../options/options.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options {
  readonly bootstrap?: BootstrapNode[]
  readonly json?: boolean
}

/** A service, with the length of its ledger if the command knows it. */
type Listed = Omit<ServiceInfo, 'length'> & { readonly length: number | null }

export function addServices(program: Command, context: Context): void {
  program
    .command('services')
    .description('list what a host serves, one a line: address, state, entries, title')
    .argument('<host>', 'address of the host, or vms://<key> of its provisioning log')
    .addOption(bootstrapOption())
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Over the DHT the list comes from the provisioning log, with proof. That log does not say how many
entries a service has now.
A service that failed by itself is "faulted", and the reason follows. To try it again, run vms stop
and then vms start.

Examples:
  vms services :5555
  vms services example.org --json
  vms services vms://<key>`,
    )
    .action((address: string, options: Options) =>
      stoppable(context, ({ signal }) => list(context, address, options, signal)),
    )
}

async function list(
  { output }: Context,
  address: string,
  { bootstrap, json }: Options,
  signal: AbortSignal,
): Promise<void> {
  const target = parseProvisioningAddress(address, 'vms services')
  const { services, provisioning } = await ask(target, bootstrap, signal)
  const row = <S extends Listed>(service: S) => ({ url: urlOf(target, service), ...service })
  if (json) {
    output.print(
      safeJson({
        version: 1,
        services: services.map(row),
        provisioning: provisioning && row(provisioning),
      }),
    )
    return
  }
  for (const service of services) output.print(line(target, service))
  if (services.length === 0) output.tell('Nothing is deployed there.')
}

async function ask(
  target: ProvisioningTarget,
  bootstrap: BootstrapNode[] | undefined,
  signal: AbortSignal,
): Promise<HostInfo | HostByKey> {
  if (target.kind === 'service') return fetchHostInfo(target, signal)
  const { readServices } = await import('../connect/services-by-key.ts')
  return readServices(target, { signal, bootstrap })
}

const urlOf = (target: ProvisioningTarget, { id, ledger }: Listed): string =>
  target.kind === 'ledger' ? ledger : serviceUrl(target, id)

function line(target: ProvisioningTarget, service: Listed): string {
  const { length, title, fault } = service
  const state = fault ? 'faulted' : service.state
  const entries = length === null ? '-' : String(length)
  return `${urlOf(target, service)}  ${safeText(state).padEnd(8)} ${entries.padStart(7)}  ${safeText(title)}${fault ? safeText(` (${fault.code}: ${fault.reason})`) : ''}`
}
