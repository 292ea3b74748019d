/** The place of a host to audit: the address of a running one, or the directory of a stopped one. */
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
  /** Ids of the services that the host serves; null if the command cannot see them. */
  readonly served: readonly string[] | null
  /** The host's signed list of services; null if it signs none. */
  readonly list: HostStatement | null
  /** Asks the host to sign an answer to a question of 32 bytes. Null if no host runs there. */
  readonly ask: ((nonce: Uint8Array) => Promise<HostStatement | null>) | null
  service(id: string): Target
}

/** Finds a host of many. Throws {@link UsageError} if there is another thing. */
export async function findHost(
  target: Target,
  { signal, bootstrap }: OverDhtOptions,
): Promise<HostPlace> {
  switch (target.kind) {
    case 'directory':
      return hostDirectory(target.path)
    case 'service': {
      // The signed list first: it has a time, so a service that is purged between the two is no contradiction.
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
      // Over the DHT a host gives signed statements only. The key of its provisioning log finds it for all of its services.
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
