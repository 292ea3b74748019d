/** Where a whole host can be audited: running, at its address, or stopped, in its directory. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { HostStatement } from '@vms/auditor'
import { encodeKey } from '@vms/client'
import { fetchHostInfo, fetchStatement } from '../connect/host-info.ts'
import { type LedgerTarget, parseTarget, serviceUrl, type Target } from '../connect/target.ts'
import { UsageError } from '../errors/errors.ts'
import { type OverDhtOptions, statementOverDht } from './statement-over-dht.ts'

export interface HostPlace {
  readonly provisioning: Target
  /** Ids of the services that are there; null where that cannot be seen. */
  readonly served: readonly string[] | null
  /** The host's signed list of services; null if it signs none. */
  readonly list: HostStatement | null
  /** Has the host sign an answer to a question of 32 bytes; null where nobody can be asked. */
  readonly ask: ((nonce: Uint8Array) => Promise<HostStatement | null>) | null
  service(id: string): Target
}

/** Throws {@link UsageError} for what is no host of many. */
export async function findHost(
  target: Target,
  { signal, bootstrap }: OverDhtOptions,
): Promise<HostPlace> {
  switch (target.kind) {
    case 'directory':
      return hostDirectory(target.path)
    case 'service': {
      // In this order: a service that is purged in between is in the list only, which says when that was.
      const list = await fetchStatement(target, null, signal)
      const { services, provisioning } = await fetchHostInfo(target, signal)
      if (!provisioning) throw notMany(target.url)
      const at = (id: string): Target => parseTarget(serviceUrl(target, id), '/')
      return {
        provisioning: at(provisioning.id),
        served: services.map(({ id }) => id),
        list,
        ask: (nonce) => fetchStatement(target, nonce, signal),
        service: at,
      }
    }
    case 'ledger': {
      // Over the DHT a host says nothing of itself but what it signs. It is found by its provisioning log, also for what it does not announce.
      const host = target.key
      const ask = (nonce: Uint8Array | null): Promise<HostStatement | null> =>
        statementOverDht(host, nonce, { signal, bootstrap })
      const list = await ask(null)
      const at = (id: string): Target => ({
        ...(parseTarget(`vms://${id}`, '/') as LedgerTarget),
        host,
      })
      const served = list?.claim.services?.map(({ id }) => encodeKey(id)) ?? null
      return { provisioning: target, served, list, ask, service: at }
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
    list: null,
    ask: null,
    service: (id) => ({ kind: 'directory', path: join(services, id) }),
  }
}

const notMany = (name: string): UsageError =>
  new UsageError(`${name} is no host of many services`, {
    hint: 'without --all, vms verify audits one service',
  })
