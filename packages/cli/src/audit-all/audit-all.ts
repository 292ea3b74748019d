/**
 * The audit of a whole host: its provisioning log, then each service that the log names, several side by side; that each
 * began with the script that was deployed, and that nothing is served that the log does not name.
 */
import { type AuditReport, decodeEntry, type LedgerSource, type Verdict } from '@vms/auditor'
import { encodeKey } from '@vms/client'
import { runAudit } from '../audit-run.ts'
import { type FailureJson, failureOf } from '../failure.ts'
import type { BootstrapNode } from '../options.ts'
import type { Output, Progress } from '../output.ts'
import type { HostPlace } from './host-place.ts'
import {
  type LoggedService,
  type ProvisioningLog,
  readProvisioningLog,
} from './provisioning-log.ts'
import { type HostRules, rulesOf } from './rules.ts'

/** What became of one service. */
export interface ServiceAudit {
  readonly id: string
  readonly title: string
  readonly state: string
  readonly verdict: Verdict
  /** What speaks against the host beyond the report. */
  readonly findings: readonly HostFinding[]
  /** Null if it could not be audited; then there is an error, unless nothing was to be audited. */
  readonly report: AuditReport | null
  readonly error: FailureJson | null
}

/** What speaks against a host that no ledger by itself shows. */
export interface HostFinding {
  readonly code: 'SERVICE_NOT_IN_LOG' | 'SERVICE_DIFFERS'
  readonly cause: string
}

/** `own-rules`: all was verified, but who may deploy is decided by a script that no release came with. */
export type HostVerdict = Verdict | 'own-rules'

export interface HostAudit {
  readonly version: 1
  /** The worst of all. */
  readonly verdict: HostVerdict
  readonly provisioning: AuditReport
  /** Null if the provisioning log was not verified. */
  readonly rules: HostRules | null
  /** Whether what the host serves could be seen, and so also what the log does not name. */
  readonly listed: boolean
  readonly services: readonly ServiceAudit[]
  readonly elapsedMs: number
}

export interface AuditAllOptions {
  readonly output: Output
  readonly place: HostPlace
  /** Nodes of the DHT. Default: the public ones. */
  readonly bootstrap?: readonly BootstrapNode[]
  /** Services that are audited at one time. */
  readonly parallel: number
  /** Hashes of provisioning scripts that the person knows, beside those that releases came with. */
  readonly accepted: readonly string[]
  readonly signal: AbortSignal
}

const silent: Pick<Output, 'progress'> = {
  progress: (): Progress => ({ step() {}, count() {}, done() {}, stop() {} }),
}

/** Rejects if the provisioning log cannot be audited: without it there is nothing to hold the services against. */
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
    ...(bootstrap && { bootstrap }),
    onAudited: async (ledger, { verdict }) => {
      if (verdict === 'verified') logged = await readProvisioningLog(ledger)
    },
  })
  const found = logged as ProvisioningLog | null
  const rules = found && rulesOf(found.scripts, options.accepted)
  const services = found && rules ? await auditServices(options, found.services, rules) : []
  const verdicts = [provisioning.verdict, ...services.map(({ verdict }) => verdict)]
  return {
    version: 1,
    verdict: worst([...verdicts, ...(rules?.known === false ? ['own-rules' as const] : [])]),
    provisioning,
    rules,
    listed: place.served !== null,
    services,
    elapsedMs: Math.round(performance.now() - begun),
  }
}

async function auditServices(
  options: AuditAllOptions,
  logged: ReadonlyMap<string, LoggedService>,
  rules: HostRules,
): Promise<ServiceAudit[]> {
  const { output, place, parallel, signal } = options
  const left = [...logged.values()].filter(({ state }) => state !== 'purged')
  const total = left.length
  const done: ServiceAudit[] = (place.served ?? [])
    .filter((id) => !logged.has(id))
    .map((id) => unnamed(id, rules))
  const progress = output.progress()
  progress.step(`Auditing ${total} ${total === 1 ? 'service' : 'services'}`)
  let count = 0
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      done.push(await auditService(next, rules, options))
      signal.throwIfAborted()
      progress.count(++count, total)
    }
  }
  try {
    await Promise.all(Array.from({ length: parallel }, work))
    progress.done()
  } finally {
    progress.stop()
  }
  return done.sort((a, b) => (a.id < b.id ? -1 : 1))
}

async function auditService(
  service: LoggedService,
  rules: HostRules,
  { place, bootstrap, signal }: AuditAllOptions,
): Promise<ServiceAudit> {
  const { id, title, state } = service
  const findings: HostFinding[] = []
  try {
    const report = await runAudit({
      output: silent,
      log: place.service(id),
      name: id,
      expected: null,
      files: null,
      receipts: [],
      signal,
      ...(bootstrap && { bootstrap }),
      onAudited: async (ledger) => void findings.push(...(await compare(service, ledger))),
    })
    const verdict = worst([report.verdict, ...(findings.length > 0 ? [faultUnder(rules)] : [])])
    return { id, title, state, verdict, findings, report, error: null }
  } catch (error) {
    const failed = { report: null, error: failureOf(error), findings }
    return { id, title, state, verdict: 'incomplete', ...failed }
  }
}

/**
 * What a difference between the host and its log comes to. How the log is to be read is known of a known script; another may
 * name its methods and what they give as it likes, and then this shows only that it cannot be held against the host.
 */
const faultUnder = ({ known }: HostRules): Verdict => (known ? 'host-fault' : 'incomplete')

/** Whether the ledger begins as the deploy's caller signed and as the host told the provisioning script. */
async function compare(service: LoggedService, ledger: LedgerSource): Promise<HostFinding[]> {
  const differs = (cause: string): HostFinding[] => [{ code: 'SERVICE_DIFFERS', cause }]
  if (encodeKey(ledger.key) !== service.id)
    return differs('in its place there is another ledger than the provisioning log says')
  if (Buffer.from(ledger.manifest.genesisHash).toString('hex') !== service.genesis)
    return differs('the ledger begins with another genesis than the provisioning log says')
  for await (const block of ledger.entries(0, 1)) {
    const genesis = decodeEntry(block)
    if (genesis.type === 'genesis' && genesis.script.source === service.source) return []
  }
  return differs('the host deployed another script than the one that was signed')
}

const unnamed = (id: string, rules: HostRules): ServiceAudit => ({
  id,
  title: '',
  state: 'unknown',
  verdict: faultUnder(rules),
  findings: [
    {
      code: 'SERVICE_NOT_IN_LOG',
      cause: 'the host serves what its provisioning log does not name',
    },
  ],
  report: null,
  error: null,
})

/** From worst to best. */
const ORDER = [
  'host-fault',
  'nondeterministic-script',
  'engine-differs',
  'incomplete',
  'own-rules',
  'verified',
] as const satisfies readonly HostVerdict[]

const worst = <V extends HostVerdict>(verdicts: readonly V[]): V =>
  ORDER.find((verdict) => verdicts.includes(verdict as V)) as V
