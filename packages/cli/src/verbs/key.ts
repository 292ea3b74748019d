/** `vms key`: prints the caller id of this person, and makes a key if there is none. */
import { callerId } from '@vms/client'
import type { Command } from 'commander'
import { defaultKeyFile, openCallerKey } from '../calls/keyfile.ts'
import type { Context } from '../process/context.ts'

export function addKey(program: Command, context: Context): void {
  program
    .command('key')
    .description('print the id under which your calls are recorded; makes a key if you have none')
    .option('--key <file>', `key file (default: ${defaultKeyFile()})`)
    .addHelpText('after', '\nExample:\n  vms key')
    .action(async (options: { key?: string }) => {
      context.output.print(callerId((await openCallerKey(context, options.key)).publicKey))
    })
}
