/** `vms log`: prints the ledger, as lines for people or as JSON for programs. It verifies nothing: `vms verify` does. */
import type { Command } from 'commander'
import { parseTarget } from '../connect/target.ts'
import { addDownloadBudgets, budgetsOf, type DownloadFlags } from '../options/budget-flags.ts'
import { type BootstrapNode, bootstrapOption, wholeNumber } from '../options/options.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stoppable } from '../process/stoppable.ts'

interface Options extends DownloadFlags {
  readonly follow?: boolean
  readonly number?: number
  readonly jsonl?: boolean
  readonly bootstrap?: BootstrapNode[]
}

export function addLog(program: Command, context: Context): void {
  const command = program
    .command('log')
    .description('print the ledger')
    .argument('<address>', 'host, vms://<key>, or directory of a stopped service')
    .option('-f, --follow', 'keep printing new entries; reconnect when the host is gone')
    .option(
      '-n, --number <entries>',
      'print only the last entries',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--jsonl', 'print one JSON object per entry')
    .addOption(bootstrapOption())
  addDownloadBudgets(command)
    .addHelpText(
      'after',
      `
The command prints the log as the host gives it; vms verify says whether it is true. With -f it
reconnects to a host that restarts, and prints each entry once.

Examples:
  vms log :5555 -n 20 -f
  vms log .vms/rsvp --jsonl | jq 'select(.type == "calls")'`,
    )
    .action((address: string, options: Options) =>
      stoppable(context, ({ signal }) => printLog(context, address, options, signal)),
    )
}

async function printLog(
  context: Context,
  address: string,
  options: Options,
  signal: AbortSignal,
): Promise<void> {
  const { output } = context
  const target = parseTarget(address, context.cwd)
  const { openSource } = await import('../connect/source.ts')
  const { entryToJson } = await import('../output/entry-json.ts')
  const { entryLines } = await import('../output/entry-text.ts')
  const { abortable } = await import('../process/abortable.ts')
  const { followEntries } = await import('../connect/follow-entries.ts')
  const source = await openSource(target, {
    signal,
    follow: options.follow ?? false,
    budgets: budgetsOf(options),
    bootstrap: options.bootstrap,
  })
  try {
    const print = (index: number, block: Uint8Array): void => {
      const entry = entryToJson(index, block)
      if (options.jsonl) output.print(safeJson(entry))
      else for (const line of entryLines(entry)) output.print(line)
    }
    const { length } = source.head
    const from = Math.max(0, length - (options.number ?? length))
    if (options.follow) {
      const follow = followEntries(source, from, {
        signal,
        onLost: ({ message }) =>
          output.tell(`Connection lost: ${safeText(message)}. Reconnecting…`),
        onBack: () => output.tell('Reconnected.'),
      })
      for await (const [index, block] of follow) print(index, block)
    }
    const entries = source.entries(from, length)[Symbol.asyncIterator]()
    for (let index = from; ; index++) {
      const item = await abortable(entries.next(), signal)
      if (item.done) return
      print(index, item.value)
    }
  } finally {
    await source.close()
  }
}
