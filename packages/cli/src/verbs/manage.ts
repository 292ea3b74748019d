/** `vms stop`, `vms start`, `vms remove`: what becomes of a service after its deploy. */
import { encodeKey } from '@vms/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { provision, refusedByHost } from '../provisioning.ts'
import { stoppable } from '../stoppable.ts'
import { parseServiceAddress } from '../target.ts'
import { safeText } from '../terminal-text.ts'

interface Options {
  readonly key?: string
  readonly purge?: boolean
}

export function addManage(program: Command, context: Context): void {
  verb(program, 'stop', 'refuse calls to a service; its ledger can still be read')
    .addHelpText('after', '\nExample:\n  vms stop ws://localhost:5555/<id>')
    .action((url: string, options: Options) => manage(context, 'stop', url, options))
  verb(program, 'start', 'take calls to a stopped service again')
    .addHelpText('after', '\nExample:\n  vms start ws://localhost:5555/<id>')
    .action((url: string, options: Options) => manage(context, 'start', url, options))
  verb(program, 'remove', 'end a service for good; its ledger stays readable for auditors')
    .option('--purge', 'delete its ledger and files too: nobody can audit it any more')
    .addHelpText(
      'after',
      '\nExamples:\n  vms remove ws://localhost:5555/<id>\n  vms remove ws://localhost:5555/<id> --purge',
    )
    .action((url: string, options: Options) => manage(context, 'remove', url, options))
}

const verb = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(`${description} (who deployed it and admins may)`)
    .argument('<service>', 'address of the service, as vms services prints it')
    .option('--key <file>', 'key file that signs the call')

/** What has become of it, said after the id. */
const DONE: Record<string, string> = {
  stopped: 'is stopped: its calls are refused, its ledger can be read',
  running: 'runs',
  removed: 'is removed: its calls are refused, its ledger can be read',
  purged: 'is removed with its ledger and files',
}

async function manage(
  context: Context,
  method: 'stop' | 'start' | 'remove',
  address: string,
  { key, purge = false }: Options,
): Promise<void> {
  const { output } = context
  const target = parseServiceAddress(address, `vms ${method}`)
  if (!target.ledger)
    throw new UsageError(`vms ${method} needs the address of a service`, {
      hint: `vms services ${address} lists them`,
    })
  const args = [encodeKey(target.ledger), ...(method === 'remove' ? [{ purge }] : [])]
  await stoppable(context, async ({ signal }) => {
    try {
      const { id, state } = await provision(
        context,
        target,
        { signal, ...(key !== undefined && { key }) },
        [method, args],
      )
      output.tell(`${output.style('green', '✔')} ${safeText(id)} ${DONE[state] ?? safeText(state)}`)
    } catch (error) {
      throw refusedByHost(error, null, output.color)
    }
  })
}
