/** What a provisioning log says of a host: by which scripts, which services there are, and what each began with. */
import {
  decodeEntry,
  decodeRequest,
  decodeValue,
  type LedgerSource,
  readUpgrade,
} from '@vms/auditor'
import { UPGRADE_METHOD } from '../upgrade-method.ts'

/** A service, as its deploy's signed arguments and recorded outcome have it, and its last change. */
export interface LoggedService {
  readonly id: string
  readonly title: string
  /** The script that the caller signed. */
  readonly source: string
  /** Hash of block 0, in hexadecimal, as the host told the script. */
  readonly genesis: string
  /** `running`, `stopped`, `removed` or `purged`. */
  readonly state: string
}

/** A script that decided what is in the log. */
export interface LoggedScript {
  /** Index of the entry that brought it: 0 is the genesis, any other an upgrade. */
  readonly entry: number
  readonly source: string
}

export interface ProvisioningLog {
  readonly services: ReadonlyMap<string, LoggedService>
  /** In the order in which they came; also those that were announced and are not in effect yet, or never were. */
  readonly scripts: readonly LoggedScript[]
}

/** Follows the calls of a log that was audited: what they returned is what the script says. */
export async function readProvisioningLog(
  ledger: Pick<LedgerSource, 'entries' | 'head'>,
): Promise<ProvisioningLog> {
  const services = new Map<string, LoggedService>()
  const scripts: LoggedScript[] = []
  let index = 0
  for await (const block of ledger.entries(0, ledger.head.length)) {
    const entry = decodeEntry(block)
    const place = index++
    if (entry.type === 'genesis') scripts.push({ entry: place, source: entry.script.source })
    if (entry.type !== 'calls') continue
    const request = decodeRequest(entry.request)
    request.calls.forEach(([method, args], i) => {
      const outcome = entry.outcomes[i]
      if (outcome?.status !== 'returned' || !outcome.value) return
      if (method === UPGRADE_METHOD)
        scripts.push({ entry: place, source: readUpgrade(request).source })
      else follow(services, method, decodeValue(args), decodeValue(outcome.value))
    })
  }
  return { services, scripts }
}

function follow(
  services: Map<string, LoggedService>,
  method: string,
  args: unknown,
  value: unknown,
): void {
  const { id, title, genesis, state } = Object(value) as Record<string, unknown>
  if (typeof id !== 'string' || typeof state !== 'string') return
  const known = services.get(id)
  if (method === 'deploy' && Array.isArray(args)) {
    const { source } = Object(args[0]) as Record<string, unknown>
    const service = { id, title: text(title), source: text(source), genesis: text(genesis) }
    services.set(id, { ...service, state })
  } else if (known && ['stop', 'start', 'remove'].includes(method)) {
    services.set(id, { ...known, state })
  }
}

/** A script that is none of ours may give anything. */
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
