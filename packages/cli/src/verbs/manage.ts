/** `vms stop`, `vms start`, `vms remove`: change the state of a deployed service. */
import { encodeKey } from '@vms/client'
import type { Command } from 'commander'
import {
  type ProvisioningTarget,
  parseProvisioningAddress,
  provision,
  refusedByHost,
} from '../calls/provisioning.ts'
import { parseCallAddress } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'
import { type BootstrapNode, bootstrapOption } from '../options/options.ts'
import { safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options {
  readonly key?: string
  readonly at?: string
  readonly bootstrap?: BootstrapNode[]
  readonly purge?: boolean
}

export function addManage(program: Command, context: Context): void {
  verb(program, 'stop', 'refuse calls to a service; its ledger can still be read')
    .addHelpText(
      'after',
      '\nExamples:\n  vms stop ws://localhost:5555/<id>\n  vms stop vms://<key> --at vms://<key of the provisioning log>',
    )
    .action((url: string, options: Options) => manage(context, 'stop', url, options))
  verb(program, 'start', 'accept calls to a stopped service again')
    .addHelpText('after', '\nExample:\n  vms start ws://localhost:5555/<id>')
    .action((url: string, options: Options) => manage(context, 'start', url, options))
  verb(program, 'remove', 'end a service for good; its ledger stays readable for auditors')
    .option('--purge', 'delete its ledger and files too: then nobody can audit it any more')
    .addHelpText(
      'after',
      '\nExamples:\n  vms remove ws://localhost:5555/<id>\n  vms remove ws://localhost:5555/<id> --purge',
    )
    .action((url: string, options: Options) => manage(context, 'remove', url, options))
}

const verb = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(`${description} (only its deployer and admins may)`)
    .argument('<service>', 'address of the service, as vms services prints it')
    .option(
      '--at <host>',
      'the host of a vms://<key>: its address, or vms://<key> of its provisioning log',
    )
    .option('--key <file>', 'key file that signs the call')
    .addOption(bootstrapOption())

/** The new state, told after the id. */
const DONE: Record<string, string> = {
  stopped: 'is stopped: the host refuses its calls; its ledger can be read',
  running: 'runs',
  removed: 'is removed: the host refuses its calls; its ledger can be read',
  purged: 'is removed with its ledger and files',
}

async function manage(
  context: Context,
  method: 'stop' | 'start' | 'remove',
  address: string,
  { key, at, bootstrap, purge = false }: Options,
): Promise<void> {
  const { output } = context
  const { service, target } = locate(address, at, `vms ${method}`)
  const args = [encodeKey(service), ...(method === 'remove' ? [{ purge }] : [])]
  await stoppable(context, async ({ signal }) => {
    try {
      const { id, state } = await provision(context, target, { signal, key, bootstrap }, [
        method,
        args,
      ])
      output.tell(`${output.style('green', '✔')} ${safeText(id)} ${DONE[state] ?? safeText(state)}`)
    } catch (error) {
      throw refusedByHost(error, null, output.color)
    }
  })
}

/** The key of the service, and the address of its host's provisioning service. Throws {@link UsageError}. */
function locate(
  address: string,
  at: string | undefined,
  what: string,
): { service: Uint8Array; target: ProvisioningTarget } {
  const named = parseCallAddress(address)
  if (named.kind === 'ledger') {
    if (at !== undefined)
      return { service: named.key, target: parseProvisioningAddress(at, `${what} --at`) }
    throw new UsageError(`${named.url} does not say which host it is at`, {
      hint: 'add --at <address of the host>, or --at vms://<key of its provisioning log>',
    })
  }
  if (at !== undefined)
    throw new UsageError(`${address} already names the host; --at goes with vms://<key> only`)
  if (named.ledger) return { service: named.ledger, target: named }
  throw new UsageError(`${what} needs the address of a service`, {
    hint: `vms services ${address} lists them`,
  })
}
