/** The audit of one service of a host: its own history, and the comparison with the provisioning log. */
import {
  type AuditBudgets,
  type AuditReport,
  type Comparison,
  type HostFinding,
  isComparable,
  judgeLedger,
  judgeLogged,
  type LoggedService,
  type Verdict,
} from '@vms/auditor'
import type { Target } from '../connect/target.ts'
import type { BootstrapNode } from '../options/options.ts'
import type { Output, Progress } from '../output/output.ts'
import { type FailureJson, failureOf } from '../process/failure.ts'
import { runAudit } from './audit.ts'
import type { HostRules } from './rules.ts'
import { worst } from './verdict.ts'

/** The result for one service. */
export interface ServiceAudit {
  readonly id: string
  readonly title: string
  readonly state: string
  readonly verdict: Verdict
  /** Findings about the host that are not in the report. */
  readonly findings: readonly HostFinding[]
  /** Null without an audit. Then `error` has the reason, unless no place has the ledger. */
  readonly report: AuditReport | null
  readonly error: FailureJson | null
}

export interface ServiceAuditOptions {
  readonly rules: HostRules
  readonly comparison: Comparison
  /** Places that may have the ledger, best first. */
  readonly targets: readonly Target[]
  readonly bootstrap: readonly BootstrapNode[] | undefined
  readonly signal: AbortSignal
  readonly budgets: Partial<AuditBudgets>
}

const silent: Pick<Output, 'progress'> = {
  progress: (): Progress => ({ step() {}, count() {}, done() {}, stop() {} }),
}

/** Audits the first copy of the ledger that it can open. */
export async function auditService(
  service: LoggedService,
  options: ServiceAuditOptions,
): Promise<ServiceAudit> {
  const { id, title, state } = service
  const { rules, comparison, targets, signal, budgets } = options
  const about = { id, title, state }
  let failure: unknown
  const logged = await judgeLogged(service, comparison)
  for (const target of targets) {
    const findings = [...logged]
    try {
      const report = await runAudit({
        output: silent,
        log: target,
        name: id,
        expected: null,
        files: null,
        receipts: [],
        signal,
        budgets,
        bootstrap: options.bootstrap,
        onAudited: async (ledger, audited) => {
          if (isComparable(audited))
            findings.push(...(await judgeLedger(service, ledger, comparison)))
        },
      })
      const verdict = worst([report.verdict, ...verdictsOf(findings, rules)])
      return { ...about, verdict, findings, report, error: null }
    } catch (error) {
      signal.throwIfAborted()
      failure ??= error
    }
  }
  const error = failure === undefined ? null : failureOf(failure)
  const verdict = worst([error ? 'incomplete' : 'verified', ...verdictsOf(logged, rules)])
  return { ...about, verdict, findings: logged, report: null, error }
}

/**
 * The verdicts of findings. The auditor knows the meaning of a known script's log. Another script may have other methods and
 * results, so a difference in its log accuses nobody.
 */
export const verdictsOf = (findings: readonly HostFinding[], { known }: HostRules): Verdict[] =>
  findings.map(({ severity }) => (severity !== 'undecided' && known ? 'host-fault' : 'incomplete'))
