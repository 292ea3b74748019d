/** `vms key`: prints the caller's id, and makes the key if there is none. */
import { callerId } from '@vms/client'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { type CallerKey, defaultKeyFile, openKeyFile } from '../keyfile.ts'
import { safeText } from '../terminal-text.ts'

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

/** Opens the key file and says so if this is where the person gets a key. */
export async function openCallerKey(
  context: Context,
  file: string | undefined,
): Promise<CallerKey> {
  const key = await openKeyFile(file)
  if (key.created) {
    context.output.tell(`Made a key for you: ${safeText(key.file)}`)
    context.output.tell(
      'It signs your calls and is your identity; only you may read it. Keep a copy.',
    )
  }
  return key
}
