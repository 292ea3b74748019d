/** `vms services`: what a host of many serves. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { fetchHostInfo, type ServiceInfo } from '../host-info.ts'
import { parseHostAddress, serviceUrl } from '../provisioning.ts'
import type { ServiceTarget } from '../target.ts'
import { safeJson, safeText } from '../terminal-text.ts'

export function addServices(program: Command, context: Context): void {
  program
    .command('services')
    .description('list what a host serves, one a line: address, state, entries, title')
    .argument('<host>', 'address of the host')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  vms services :5555\n  vms services example.org --json')
    .action(async (address: string, { json }: { json?: boolean }) => {
      const target = parseHostAddress(address, 'vms services')
      const { services, provisioning } = await fetchHostInfo(target)
      const { output } = context
      if (json) {
        const row = (service: ServiceInfo) => ({ url: serviceUrl(target, service.id), ...service })
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
    })
}

const line = (target: ServiceTarget, { id, state, length, title }: ServiceInfo): string =>
  `${serviceUrl(target, id)}  ${safeText(state).padEnd(8)} ${String(length).padStart(7)}  ${safeText(title)}`
