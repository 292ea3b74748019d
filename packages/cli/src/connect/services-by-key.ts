/**
 * The services of a host of many, read from its provisioning log over the DHT. It makes no call. The files that it reads are
 * proven under the head that the host signed.
 */
import { connect } from '@vms/client'
import { UnreachableError, UsageError } from '../errors/errors.ts'
import type { BootstrapNode } from '../options/options.ts'
import { joinDht } from './dht.ts'
import { type HostInfo, readService, type ServiceInfo } from './host-info.ts'
import type { LedgerTarget } from './target.ts'

/** Files to ask for at one time. */
const AT_ONCE = 32

/** Milliseconds within which the host must answer. */
const PATIENCE_MS = 60_000

/** The folder in which the provisioning script has a file for each service. */
const FOLDER = '/services'

/** Like {@link HostInfo}, but without the lengths of the ledgers, which only the host knows. */
export type HostByKey = Omit<HostInfo, 'services'> & {
  readonly services: readonly (Omit<ServiceInfo, 'length'> & { readonly length: null })[]
}

/** Reads the files of the provisioning log. Rejects with {@link UsageError} if the key names another ledger. */
export async function readServices(
  target: LedgerTarget,
  { bootstrap, signal }: { bootstrap?: readonly BootstrapNode[] | undefined; signal: AbortSignal },
): Promise<HostByKey> {
  await using dht = await joinDht(bootstrap)
  await using client = await connect(target.url, { dht, signal, timeout: PATIENCE_MS })
  const { genesis, methods, callLogUrl, filesArchiveUrl } = client.$info
  if (!['deploy', 'services', 'policy'].every((method) => methods.includes(method)))
    throw new UsageError(`${target.url} names a service, not a provisioning log`)
  const { head } = client.$ledger
  const files = client.$files.checkout(head.length)
  const names = await files.readdir(FOLDER)
  const services: Omit<ServiceInfo, 'length'>[] = []
  for (let from = 0; from < names.length; from += AT_ONCE) {
    signal.throwIfAborted()
    const some = names.slice(from, from + AT_ONCE)
    const read = await Promise.all(some.map((name) => files.readFile(`${FOLDER}/${name}`, 'json')))
    services.push(...read.map((record) => serviceOf(target.url, record)))
  }
  const provisioning = {
    id: target.url.slice('vms://'.length),
    title: genesis.script.title,
    ledger: callLogUrl,
    files: filesArchiveUrl,
    methods,
    authentication: genesis.authentication,
    semantics: genesis.semantics,
    length: head.length,
    state: 'running',
    fault: null,
  }
  return {
    services: services
      .filter(({ state }) => state !== 'purged')
      .map((service) => ({ ...service, length: null })),
    provisioning,
  }
}

function serviceOf(url: string, record: unknown): Omit<ServiceInfo, 'length'> {
  try {
    // Only the host knows the length.
    return readService({ ...Object(record), authentication: 'signed', length: 0 })
  } catch (cause) {
    throw new UnreachableError(
      url,
      `${url} is no provisioning log: its files describe no services`,
      {
        cause,
      },
    )
  }
}
