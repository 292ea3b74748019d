/** The download of a ledger or of files over the DHT. */
import { joinSwarm } from '@vms/auditor'
import { UnreachableError } from '../errors/errors.ts'
import type { BootstrapNode } from '../options/options.ts'
import type { Link } from './link.ts'

/**
 * Looks for peers that have `target`, and returns at once. `endsAlone`: whether the link ends when the last peer leaves. A host
 * that restarts is another peer, and a new search finds it sooner.
 */
export function followOverDht(
  url: string,
  target: Parameters<typeof joinSwarm>[0],
  bootstrap: readonly BootstrapNode[] | undefined,
  endsAlone = false,
): Link {
  const lost = new AbortController()
  let met = false
  const swarm = joinSwarm(target, {
    announce: false,
    ...(bootstrap && { bootstrap }),
    onEvent: (event) => {
      if (event.type === 'alone') lost.abort(noNode(url))
      if (event.type !== 'peers') return
      met ||= event.connected > 0
      if (endsAlone && met && event.connected === 0)
        lost.abort(new UnreachableError(url, `the last peer with ${url} has left`))
    },
  })
  return { close: () => swarm.close(), lost: lost.signal }
}

const noNode = (url: string): UnreachableError =>
  new UnreachableError(url, `cannot reach ${url}: no node of the DHT answers`, {
    hint: "is this machine online, and does its network let UDP out? If not, use the host's address",
  })
