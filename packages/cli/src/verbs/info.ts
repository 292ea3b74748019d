/** `vms info`: prints what a running host says that it serves. */
import type { Command } from 'commander'
import { fetchServiceInfo } from '../connect/host-info.ts'
import { parseServiceAddress } from '../connect/target.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'

export function addInfo(program: Command, context: Context): void {
  program
    .command('info')
    .description('say what a host serves')
    .argument('<url>', 'address of the host')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  vms info :5555\n  vms info wss://example.org --json')
    .action(async (url: string, { json }: { json?: boolean }) => {
      const { output } = context
      const target = parseServiceAddress(url, 'vms info')
      const { title, ledger, files, methods, authentication, semantics, length } =
        await fetchServiceInfo(target)
      if (json) {
        const info = {
          version: 1,
          url: target.url,
          title,
          ledger,
          files,
          methods,
          authentication,
          semantics,
          entries: length,
        }
        output.print(safeJson(info))
        return
      }
      const row = (label: string, value: string): void =>
        output.print(`${label.padEnd(10)}${safeText(value)}`)
      row('Title', title)
      row('Methods', methods.join(', '))
      row('Ledger', ledger)
      row('Files', files)
      row('Entries', String(length))
      row('Callers', authentication === 'debug' ? 'any name (DEBUG MODE)' : 'signed')
    })
}
