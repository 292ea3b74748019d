/** `vms repl`: calls by hand, in JavaScript. */
import type { Command } from 'commander'
import { bootstrapOption, milliseconds } from '../options/options.ts'
import type { Context } from '../process/context.ts'
import type { ReplOptions } from '../repl/run.ts'

export function addRepl(program: Command, context: Context): void {
  program
    .command('repl')
    .description("call a service's methods interactively")
    .argument('<url>', 'address of the host, or vms://<key> to look for it on the DHT')
    .option('-u, --user <name>', 'call under a plain name (services in debug mode only)')
    .option('-e, --eval <expression>', 'evaluate this, print the value as JSON, and leave')
    .option('--key <file>', 'key file that signs the calls')
    .option('--timeout <ms>', 'how long to wait for a reply', milliseconds)
    .addOption(bootstrapOption())
    .option('--no-history', 'keep no history of what you type')
    .addHelpText(
      'after',
      `
Methods are in scope by name and on the object client; promises are awaited. Text from a pipe
runs line by line, values are printed as JSON, and the first error ends it with code 1.

Examples:
  vms repl :5555
  vms repl :5555 -e 'client.RSVP(true)'
  echo 'RSVP(false, "busy")' | vms repl :5555 -u bob`,
    )
    .action(async (url: string, options: ReplOptions) => {
      // Not before it is wanted: Node's REPL brings domains with it, which slow down every event of a host.
      const { runRepl } = await import('../repl/run.ts')
      await runRepl(context, url, options)
    })
}
