/** The DHT, for commands that find a host by a key. */
import type { DhtPlace } from '@vms/client/dht'
import type { BootstrapNode } from '../options/options.ts'

/** Joins the DHT by `bootstrap`, or by the public nodes. Loads it here, so that a call to a host's address does not wait for it. */
export async function joinDht(bootstrap: readonly BootstrapNode[] | undefined): Promise<DhtPlace> {
  const { joinDht } = await import('@vms/client/dht')
  return joinDht({ ...(bootstrap && { bootstrap }) })
}
