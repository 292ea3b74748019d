/** A host as a person starts it: `vms exec`, ready when it says so. */
import { startVms, type VmsProcess } from './vms-process.ts'
import type { Workplace } from './workplace.ts'

/** The line of `exec --json`. */
export interface Ready {
  readonly event: 'ready'
  readonly url: string
  readonly ledger: string
  readonly files: string
  readonly directory: string
  readonly methods: readonly string[]
}

export interface VmsHost extends Ready {
  readonly process: VmsProcess
}

/**
 * Serves `script` from the workplace on a free port, off the DHT unless `args` say otherwise, and waits until it is ready.
 * `files`: descriptors that it may have open.
 */
export async function execHost(
  place: Workplace,
  script: string,
  args: readonly string[] = ['--no-swarm'],
  files?: number,
): Promise<VmsHost> {
  const port = args.includes('-p') ? [] : ['-p', '0']
  const process = startVms(place, ['exec', script, '--json', ...port, ...args], {}, files)
  const ready = await process.until(
    ({ stdout }) => stdout.includes('\n') && (JSON.parse(stdout) as Ready),
  )
  return { ...ready, process }
}
