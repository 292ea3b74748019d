/** What a provisioning log says of a host: which services there are, and what each began with. */
import { decodeEntry, decodeRequest, decodeValue, type LedgerSource } from '@vms/auditor'

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

/** Follows the calls of a log that was audited: what they returned is what the script says. */
export async function readProvisioningLog(
  ledger: Pick<LedgerSource, 'entries' | 'head'>,
): Promise<Map<string, LoggedService>> {
  const services = new Map<string, LoggedService>()
  for await (const block of ledger.entries(0, ledger.head.length)) {
    const entry = decodeEntry(block)
    if (entry.type !== 'calls') continue
    decodeRequest(entry.request).calls.forEach(([method, args], i) => {
      const outcome = entry.outcomes[i]
      if (outcome?.status !== 'returned' || !outcome.value) return
      follow(services, method, decodeValue(args), decodeValue(outcome.value))
    })
  }
  return services
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
    const service = { id, title: String(title), source: String(source), genesis: String(genesis) }
    services.set(id, { ...service, state })
  } else if (known && ['stop', 'start', 'remove'].includes(method)) {
    services.set(id, { ...known, state })
  }
}
