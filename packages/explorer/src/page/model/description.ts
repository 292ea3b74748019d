/** The host's description of itself at /.well-known/vms.json. It is the host's claim; nothing in it is proven. */

/** Why a service is faulted. */
export interface ListedFault {
  /** `ERR_…` */
  readonly code: string
  /** One line. */
  readonly reason: string
  /** Time of the fault, as an ISO time. */
  readonly since: string
}

/** A service as the host lists it. */
export interface ListedService {
  readonly id: string
  readonly title: string
  readonly ledger: string
  readonly files: string
  readonly methods: readonly string[]
  readonly authentication: string
  readonly semantics: number
  readonly length: number
  readonly state: string
  /** The fault of the service, as the host claims; null if there is none. */
  readonly fault: ListedFault | null
  readonly awake: boolean
  /** Whether it is the provisioning service, in which the host records what it serves. */
  readonly isProvisioning: boolean
}

/** URL of the host. The page is there or in a folder below; this module is in that folder in any case. */
const base = new URL('..', import.meta.url)

/** URL for calls of a service. */
export function serviceUrl(id: string): string {
  const url = new URL(id, base)
  url.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}

/** The host's name in the page's address. */
export const hostName = location.host

/** Fetches the list of services, the provisioning log last. Rejects if the host does not answer. */
export async function fetchServices(): Promise<ListedService[]> {
  const response = await fetch(new URL('.well-known/vms.json', base), { cache: 'no-cache' })
  if (!response.ok) throw new Error(`the host answers with status ${response.status}`)
  const { services, provisioning } = (await response.json()) as Record<string, unknown>
  const listed = Array.isArray(services) ? services.map((given) => read(given, false)) : []
  return provisioning ? [...listed, read(provisioning, true)] : listed
}

/** Duration of requests in one minute, as the host measured it. Times in milliseconds. */
export interface MinuteLatency {
  /** Beginning of the minute, since the epoch. */
  readonly time: number
  readonly requests: number
  readonly average: number
  readonly slowest: number
}

/** Fetches the durations of a service's requests since the host started, of at most one day. Empty if the host gives none. */
export async function fetchLatency(id: string): Promise<MinuteLatency[]> {
  const response = await fetch(new URL(`.well-known/vms/${id}/latency.json`, base), {
    cache: 'no-store',
  })
  if (!response.ok) return []
  const { minutes } = (await response.json()) as { minutes?: unknown }
  if (!Array.isArray(minutes)) return []
  return minutes
    .map(([time, requests, average, slowest]) => ({ time, requests, average, slowest }))
    .filter((minute) => Object.values(minute).every((value) => Number.isFinite(value)))
}

const read = (given: unknown, isProvisioning: boolean): ListedService => {
  const said = (given ?? {}) as Record<string, unknown>
  const text = (name: string): string => String(said[name] ?? '')
  const methods = said['methods']
  return {
    id: text('id'),
    title: text('title'),
    ledger: text('ledger'),
    files: text('files'),
    methods: Array.isArray(methods) ? methods.map(String) : [],
    authentication: text('authentication'),
    semantics: Number(said['semantics']),
    length: Number(said['length']),
    fault: readFault(said['fault']),
    state: said['fault'] ? 'faulted' : said['state'] === undefined ? 'running' : text('state'),
    awake: said['awake'] !== false,
    isProvisioning,
  }
}

function readFault(given: unknown): ListedFault | null {
  if (typeof given !== 'object' || given === null) return null
  const { code, reason, since } = given as Record<string, unknown>
  return { code: String(code ?? ''), reason: String(reason ?? ''), since: String(since ?? '') }
}
