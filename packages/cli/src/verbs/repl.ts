/** `vms repl`: makes calls by hand, in JavaScript. */
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
    .option('-e, --eval <expression>', 'evaluate this, print the value as JSON, and end')
    .option('--key <file>', 'key file that signs the calls')
    .option('--timeout <ms>', 'how long to wait for a reply', milliseconds)
    .addOption(bootstrapOption())
    .option('--no-history', 'do not keep a history of what you type')
    .addHelpText(
      'after',
      `
The methods are functions, by their names and on the object client. The REPL awaits promises. It runs
text from a pipe line by line, prints values as JSON, and ends with code 1 at the first error.

Examples:
  vms repl :5555
  vms repl :5555 -e 'client.RSVP(true)'
  echo 'RSVP(false, "busy")' | vms repl :5555 -u bob`,
    )
    .action(async (url: string, options: ReplOptions) => {
      // Loaded here, because Node's REPL turns on domains, which slow down every event of a process.
      const { runRepl } = await import('../repl/run.ts')
      await runRepl(context, url, options)
    })
}
