/** What an audit of a whole host comes to, as a person reads it: one line for each service that is not verified. */
import type { Verdict } from '@vms/auditor'
import type { Output } from '../output.ts'
import { tellReport } from '../report-text.ts'
import { safeText } from '../terminal-text.ts'
import type { HostAudit, ServiceAudit } from './audit-all.ts'

const VERDICTS: Record<Verdict, string> = {
  verified: 'verified',
  'host-fault': 'the host is at fault',
  'nondeterministic-script': 'the script is nondeterministic',
  'engine-differs': 'undecided: another engine',
  incomplete: 'could not be audited',
}

export function tellSummary(
  output: Output,
  { verdict, provisioning, services, elapsedMs }: HostAudit,
): void {
  const { tell, style } = output
  if (provisioning.verdict !== 'verified') {
    tellReport(output, provisioning)
    return
  }
  for (const service of services.filter((each) => each.verdict !== 'verified'))
    tellService(output, service)
  const verified = services.filter((each) => each.verdict === 'verified')
  const calls = verified.reduce((sum, { report }) => sum + (report?.calls ?? 0), 0)
  const good = verdict === 'verified'
  tell('')
  tell(
    style(
      [good ? 'green' : 'red', 'bold'],
      good ? ALL_GOOD : `Not verified: ${VERDICTS[verdict]}.`,
    ),
  )
  tell(`  provisioning ${provisioning.ledger}`)
  tell(`  head ${provisioning.head.length} ${provisioning.head.treeHash}`)
  tell(
    `  ${verified.length} of ${services.length} services verified, ${calls} calls, ${(elapsedMs / 1000).toFixed(1)} s`,
  )
}

const ALL_GOOD = 'Verified: the provisioning log, and every service that it names.'

function tellService({ tell, style }: Output, service: ServiceAudit): void {
  const { id, title, verdict, findings, report, error } = service
  tell(`${style('red', '✘')} ${id} ${safeText(title)}: ${VERDICTS[verdict]}`)
  const causes = [
    ...findings.map(({ code, cause }) => `${cause} [${code}]`),
    ...(report?.findings ?? []).map(
      ({ code, cause, entry }) => `${entry === null ? '' : `entry ${entry}: `}${cause} [${code}]`,
    ),
    ...(error ? [`${error.message} [${error.code}]`] : []),
  ]
  for (const cause of causes) tell(`  ${safeText(cause)}`)
}
