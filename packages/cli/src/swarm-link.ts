/** Following a ledger or files over the DHT: ended by name where nothing of the DHT can be reached. */
import { joinSwarm } from '@vms/auditor'
import { UnreachableError } from './errors.ts'
import type { Link } from './link.ts'
import type { BootstrapNode } from './options.ts'

/** Looks for peers that have `target`. Returns at once. */
export function followOverDht(
  url: string,
  target: Parameters<typeof joinSwarm>[0],
  bootstrap: readonly BootstrapNode[] | undefined,
): Link {
  const lost = new AbortController()
  const swarm = joinSwarm(target, {
    announce: false,
    ...(bootstrap && { bootstrap }),
    onEvent: ({ type }) => {
      if (type === 'alone') lost.abort(noNode(url))
    },
  })
  return { close: () => swarm.close(), lost: lost.signal }
}

const noNode = (url: string): UnreachableError =>
  new UnreachableError(url, `cannot reach ${url}: no node of the DHT answers`, {
    hint: "is this machine online, and does its network let UDP out? If not, use the host's address",
  })
