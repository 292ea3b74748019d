/** Where a whole host can be audited: running, at its address, or stopped, in its directory. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import { fetchHostInfo } from '../host-info.ts'
import { serviceUrl } from '../provisioning.ts'
import { type LedgerTarget, parseTarget, type Target } from '../target.ts'

export interface HostPlace {
  readonly provisioning: Target
  /** Ids of the services that are there; null where that cannot be seen. */
  readonly served: readonly string[] | null
  service(id: string): Target
}

/** Throws {@link UsageError} for what is no host of many. */
export async function findHost(target: Target, signal: AbortSignal): Promise<HostPlace> {
  switch (target.kind) {
    case 'directory':
      return hostDirectory(target.path)
    case 'service': {
      const { services, provisioning } = await fetchHostInfo(target, signal)
      if (!provisioning) throw notMany(target.url)
      const at = (id: string): Target => parseTarget(serviceUrl(target, id), '/')
      return {
        provisioning: at(provisioning.id),
        served: services.map(({ id }) => id),
        service: at,
      }
    }
    case 'ledger': {
      // Over the DHT a host says nothing of itself. It is found by its provisioning log, also for what it does not announce.
      const host = target.key
      const at = (id: string): Target => ({
        ...(parseTarget(`vms://${id}`, '/') as LedgerTarget),
        host,
      })
      return { provisioning: target, served: null, service: at }
    }
    default:
      throw notMany(target.url)
  }
}

function hostDirectory(path: string): HostPlace {
  if (!existsSync(join(path, 'host.json'))) throw notMany(path)
  const services = join(path, 'services')
  return {
    provisioning: { kind: 'directory', path: join(path, 'provisioning') },
    served: existsSync(services) ? readdirSync(services) : [],
    service: (id) => ({ kind: 'directory', path: join(services, id) }),
  }
}

const notMany = (name: string): UsageError =>
  new UsageError(`${name} is no host of many services`, {
    hint: 'without --all, vms verify audits one service',
  })
