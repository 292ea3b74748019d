/**
 * The audit of a whole host: its provisioning log, then each service in that log, several at a time. It checks that each service
 * began as deployed, that none ran while it was stopped, and that the host serves no service that is missing in the log.
 */
import {
  type AuditBudgets,
  type AuditReport,
  type Comparison,
  type HostFinding,
  hostFinding,
  isId,
  judgeList,
  type LoggedService,
  type ProvisioningLog,
  readProvisioningLog,
  sodiumCrypto,
  type Verdict,
} from '@vms/auditor'
import type { Target } from '../connect/target.ts'
import type { BootstrapNode } from '../options/options.ts'
import type { Output } from '../output/output.ts'
import { plural } from '../output/quantities.ts'
import { runAudit } from './audit.ts'
import type { HostPlace } from './host-place.ts'
import { LogProofs } from './log-proofs.ts'
import type { Mirror } from './mirror.ts'
import { type HostRules, rulesOf } from './rules.ts'
import { auditService, type ServiceAudit, verdictsOf } from './service-audit.ts'
import { type HostVerdict, worst } from './verdict.ts'

export interface HostAudit {
  readonly version: 1
  /** The worst verdict of all audits. */
  readonly verdict: HostVerdict
  readonly provisioning: AuditReport
  /** Findings about the host itself. */
  readonly findings: readonly HostFinding[]
  /** Null if the provisioning log was not verified. */
  readonly rules: HostRules | null
  /** Whether the audit could see which services the host serves. Only then it can find one that is missing in the log. */
  readonly listed: boolean
  readonly services: readonly ServiceAudit[]
  /** Ids of purged services whose ledger neither the host nor a mirror has. */
  readonly gone: readonly string[]
  readonly elapsedMs: number
}

export interface AuditAllOptions {
  readonly output: Output
  readonly place: HostPlace
  /** Other places that may have ledgers of the host. */
  readonly mirrors: readonly Mirror[]
  /** Nodes through which to join the DHT. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[] | undefined
  /** Services to audit at one time. */
  readonly parallel: number
  /** Hashes of provisioning scripts that the auditing person trusts, beside those of the releases. */
  readonly accepted: readonly string[]
  readonly signal: AbortSignal
  /** Budgets of each ledger's audit. All audits share one deadline. */
  readonly budgets: Partial<AuditBudgets>
}

/** Rejects if it cannot audit the provisioning log, because it compares the services with that log. */
export async function auditAll(options: AuditAllOptions): Promise<HostAudit> {
  const { output, place, bootstrap, signal } = options
  const begun = performance.now()
  let logged: ProvisioningLog | null = null
  const provisioning = await runAudit({
    output,
    log: place.provisioning,
    name: 'the provisioning log',
    expected: null,
    files: null,
    receipts: [],
    signal,
    budgets: budgetsLeft(options.budgets, begun),
    bootstrap,
    onAudited: async (ledger, { verdict }) => {
      if (verdict === 'verified') logged = await readProvisioningLog(sodiumCrypto, ledger)
    },
  })
  const found = logged as ProvisioningLog | null
  const rules = found && rulesOf(found.scripts, options.accepted)
  const { services, gone } =
    found && rules ? await auditServices(options, found, rules, begun) : { services: [], gone: [] }
  const findings =
    found?.authentication === 'debug' ? [hostFinding('PROVISIONING_UNSIGNED', {})] : []
  const verdicts = [
    provisioning.verdict,
    ...services.map(({ verdict }) => verdict),
    ...(rules ? verdictsOf(findings, rules) : []),
    ...(rules?.known === false ? ['own-rules' as const] : []),
  ]
  return {
    version: 1,
    verdict: worst<HostVerdict>(verdicts),
    provisioning,
    findings,
    rules,
    listed: place.served !== null,
    services,
    gone,
    elapsedMs: Math.round(performance.now() - begun),
  }
}

/** The budgets of the next audit, with the rest of the time until the deadline. */
function budgetsLeft(budgets: Partial<AuditBudgets>, begun: number): Partial<AuditBudgets> {
  const { deadlineMs } = budgets
  if (!deadlineMs) return budgets
  return { ...budgets, deadlineMs: Math.max(1, deadlineMs - (performance.now() - begun)) }
}

interface AuditedServices {
  readonly services: readonly ServiceAudit[]
  readonly gone: readonly string[]
}

async function auditServices(
  options: AuditAllOptions,
  log: ProvisioningLog,
  rules: HostRules,
  begun: number,
): Promise<AuditedServices> {
  const { output, place, parallel, signal, bootstrap } = options
  const sources = { signal, budgets: options.budgets, bootstrap }
  const proofs = new LogProofs(place.provisioning, sources)
  const prove: Comparison['prove'] = (entries) => proofs.prove(entries)
  const ask = place.ask && ((nonce: Uint8Array) => proofs.ask(nonce, place))
  const comparison: Comparison = { crypto: sodiumCrypto, prove, ask }
  const list = place.list && (await judgeList(sodiumCrypto, place.list, log, prove))
  const shown = shownBy(place.served ?? [], list, log)
  const done: ServiceAudit[] = []
  for (const [id, findings] of shown)
    if (!log.services.has(id)) done.push(unnamed(id, findings, rules))
  const isGone = ({ id, state }: LoggedService, isHad: boolean): boolean =>
    state === 'purged' && !isHad && (shown.get(id) ?? []).length === 0
  const gone: string[] = []
  const left: { readonly service: LoggedService; readonly targets: readonly Target[] }[] = []
  for (const service of log.services.values()) {
    const targets = isId(service.id) ? targetsOf(service, options) : []
    if (isGone(service, targets.length > 0)) gone.push(service.id)
    else left.push({ service, targets })
  }
  const total = left.length
  const progress = output.progress()
  progress.step(`Auditing ${plural(total, 'service')}`)
  let count = 0
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { service, targets } = next
      const budgets = budgetsLeft(options.budgets, begun)
      const audited = await auditService(service, {
        rules,
        comparison,
        targets,
        signal,
        bootstrap,
        budgets,
      })
      if (isGone(service, audited.report !== null)) gone.push(service.id)
      else done.push(withFindings(audited, shown.get(service.id) ?? [], rules))
      signal.throwIfAborted()
      progress.count(++count, total)
    }
  }
  try {
    await Promise.all(Array.from({ length: parallel }, work))
    progress.done()
  } finally {
    progress.stop()
    await proofs.close()
  }
  return { services: done.sort((a, b) => (a.id < b.id ? -1 : 1)), gone }
}

/** The places to look for a service: its host (for a purged one only if the host lists it), then the mirrors. */
function targetsOf({ id, state }: LoggedService, { place, mirrors }: AuditAllOptions): Target[] {
  const isShown = place.served?.includes(id) === true
  const atHost = state !== 'purged' || isShown
  const kept = mirrors.flatMap((mirror) => mirror(id) ?? [])
  return [...(atHost ? [place.service(id)] : []), ...kept]
}

/**
 * Findings about the services that the host shows. A signed list is proof. An unsigned list, or the directories of a stopped host,
 * prove nothing: a crash, or an older copy of the log, looks the same.
 */
function shownBy(
  served: readonly string[],
  list: ReadonlyMap<string, readonly HostFinding[]> | null,
  { services }: ProvisioningLog,
): Map<string, readonly HostFinding[]> {
  const shown = new Map(list ?? [])
  for (const id of served) {
    if (shown.has(id)) continue
    const state = services.get(id)?.state
    if (state === undefined) shown.set(id, [hostFinding('SERVICE_NOT_IN_LOG', UNNAMED)])
    else if (state === 'purged') shown.set(id, [hostFinding('SERVICE_KEPT', KEPT)])
  }
  return shown
}

const KEPT = {
  severity: 'undecided',
  cause:
    'the host still has a ledger that its provisioning log calls purged: after a crash, the next start of the host removes it',
} as const

const UNNAMED = {
  severity: 'undecided',
  cause:
    'the host has a ledger that the provisioning log does not name: a crash interrupted a deploy, or this copy of the log is older',
} as const

function withFindings(
  audit: ServiceAudit,
  findings: readonly HostFinding[],
  rules: HostRules,
): ServiceAudit {
  const verdict = worst([audit.verdict, ...verdictsOf(findings, rules)])
  return { ...audit, findings: [...audit.findings, ...findings], verdict }
}

function unnamed(id: string, findings: readonly HostFinding[], rules: HostRules): ServiceAudit {
  const verdict = worst<Verdict>(['verified', ...verdictsOf(findings, rules)])
  return { id, title: '', state: 'unknown', verdict, findings, report: null, error: null }
}
