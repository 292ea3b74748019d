/** The life of a host in the foreground: it is up, it serves, a signal stops it. */
import { safeJson } from '../output/terminal-text.ts'
import type { Context } from '../process/context.ts'
import { stopOnSignal } from '../process/signals.ts'
import {
  type Operating,
  type OperatingFlags,
  readOperatingFlags,
  renewOnHangup,
} from './operator-flags.ts'

/** A host that listens. */
export interface Serving {
  readonly host: Parameters<typeof renewOnHangup>[3]
  /** The line of `--json`: a contract with the programs that start hosts. */
  readonly ready: Readonly<Record<string, unknown>> & { readonly event: 'ready' }
  /** Tells a person that the host is up. */
  tellReady(): void
  /** Commits the current group, closes the host, and tells the person. */
  close(): Promise<void>
}

/** Starts a host and serves until SIGINT or SIGTERM, which set the exit code. */
export async function serveUntilStopped(
  context: Context,
  flags: OperatingFlags & { readonly json?: boolean },
  start: (operating: Operating) => Promise<Serving>,
): Promise<void> {
  const stopping = stopOnSignal(context.output)
  context.outlivesReader = true
  try {
    const operating = await readOperatingFlags(context, flags)
    const { host, ready, tellReady, close } = await start(operating)
    const stopRenewing = renewOnHangup(context, flags, operating.log, host)
    if (operating.pretty) tellReady()
    else operating.log.info(ready, 'serving')
    if (flags.json) context.output.print(safeJson(ready))
    context.exitCode = await stopping.stopped
    stopRenewing()
    operating.told.output.tell('Stopping…')
    await close()
  } finally {
    stopping.end()
  }
}
