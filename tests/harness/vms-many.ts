/** A host of many services as a person starts it: `vms host`, ready when it says so. */
import { startVms, type VmsProcess } from './vms-process.ts'
import type { Workplace } from './workplace.ts'

/** The line of `host --json`. */
export interface HostReady {
  readonly event: 'ready'
  readonly url: string
  readonly provisioning: string
  readonly services: number
  readonly directory: string
}

export interface RunningHost extends HostReady {
  readonly process: VmsProcess
}

/** Hosts in the workplace on a free port, and waits until it is ready. */
export async function hostMany(
  place: Workplace,
  args: readonly string[] = [],
): Promise<RunningHost> {
  const process = startVms(place, ['host', '--json', '-p', '0', ...args])
  const ready = await process.until(
    ({ stdout }) => stdout.includes('\n') && (JSON.parse(stdout) as HostReady),
  )
  return { ...ready, process }
}
