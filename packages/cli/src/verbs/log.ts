/** `vms log`: the call log itself, as lines for people or JSON for programs. Nothing is verified: that is `vms verify`. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { type BootstrapNode, bootstrapNodes, wholeNumber } from '../options.ts'
import { type Stopping, stopOnSignal } from '../signals.ts'
import { parseTarget } from '../target.ts'
import { safeJson } from '../terminal-text.ts'

interface Options {
  readonly follow?: boolean
  readonly number?: number
  readonly jsonl?: boolean
  readonly bootstrap?: BootstrapNode[]
}

/** Milliseconds between two looks for new entries. */
const FOLLOW_MS = 500

export function addLog(program: Command, context: Context): void {
  program
    .command('log')
    .description('print the call log')
    .argument('<address>', 'host, vms://<key>, or directory of a stopped service')
    .option('-f, --follow', 'go on with what is added')
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
    .addHelpText(
      'after',
      `
The log is printed as the host gives it; vms verify says whether it is true.

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
  { signal, stopped }: Stopping,
): Promise<void> {
  const { output } = context
  const target = parseTarget(address, context.cwd)
  const { openSource } = await import('../source.ts')
  const { entryToJson } = await import('../entry-json.ts')
  const { entryLines } = await import('../entry-text.ts')
  const { abortable } = await import('../abortable.ts')
  const source = await openSource(target, {
    signal,
    ...(options.bootstrap && { bootstrap: options.bootstrap }),
  })
  try {
    let next = Math.max(0, source.head.length - (options.number ?? source.head.length))
    for (;;) {
      const entries = source.entries(next, source.head.length)[Symbol.asyncIterator]()
      for (;;) {
        const item = await abortable(entries.next(), signal)
        if (item.done) break
        const entry = entryToJson(next, item.value)
        next += 1
        if (options.jsonl) output.print(safeJson(entry))
        else for (const line of entryLines(entry)) output.print(line)
      }
      if (!options.follow) return
      do await Promise.race([new Promise((resolve) => setTimeout(resolve, FOLLOW_MS)), stopped])
      while (!signal.aborted && !(await source.update()))
      signal.throwIfAborted()
    }
  } finally {
    await source.close()
  }
}
