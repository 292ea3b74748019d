/** `vms log`: the call log itself, as lines for people or JSON for programs. Nothing is verified: that is `vms verify`. */
import type { Command } from 'commander'
import { parseTarget } from '../connect/target.ts'
import { addDownloadBudgets, budgetsOf, type DownloadFlags } from '../options/budget-flags.ts'
import { type BootstrapNode, bootstrapNodes, wholeNumber } from '../options/options.ts'
import { safeJson, safeText } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { type Stopping, stopOnSignal } from '../process/signals.ts'

interface Options extends DownloadFlags {
  readonly follow?: boolean
  readonly number?: number
  readonly jsonl?: boolean
  readonly bootstrap?: BootstrapNode[]
}

export function addLog(program: Command, context: Context): void {
  const command = program
    .command('log')
    .description('print the call log')
    .argument('<address>', 'host, vms://<key>, or directory of a stopped service')
    .option('-f, --follow', 'go on with what is added, also after the host was gone')
    .option(
      '-n, --number <entries>',
      'the last entries only',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--jsonl', 'one JSON object per entry')
    .option(
      '--bootstrap <host:port>',
      'find vms:// keys on a DHT of your own by these nodes',
      bootstrapNodes,
    )
  addDownloadBudgets(command)
    .addHelpText(
      'after',
      `
The log is printed as the host gives it; vms verify says whether it is true. With -f, a host that
restarts is connected to again, and no entry is missing or comes twice.

Examples:
  vms log :5555 -n 20 -f
  vms log .vms/rsvp --jsonl | jq 'select(.type == "calls")'`,
    )
    .action(async (address: string, options: Options) => {
      const stopping = stopOnSignal(context.output)
      try {
        await printLog(context, address, options, stopping)
      } catch (error) {
        if (stopping.exitCode() === null) throw error
      } finally {
        stopping.end()
      }
      context.exitCode = stopping.exitCode() ?? context.exitCode
    })
}

async function printLog(
  context: Context,
  address: string,
  options: Options,
  { signal }: Stopping,
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
    ...(options.bootstrap && { bootstrap: options.bootstrap }),
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
        onLost: ({ message }) => output.tell(`Lost: ${safeText(message)}. Connecting anew…`),
        onBack: () => output.tell('Connected again.'),
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
