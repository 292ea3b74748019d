/** The result of the audit of a whole host, for a person. It lists only the services that are not verified. */
import type { HostFinding, Verdict } from '@vms/auditor'
import type { Output } from '../output/output.ts'
import { plural, secondsText } from '../output/quantities.ts'
import { safeText } from '../output/terminal-text.ts'
import type { HostAudit } from './audit-all.ts'
import { tellReport } from './report-text.ts'
import { type HostRules, isKnown } from './rules.ts'
import type { ServiceAudit } from './service-audit.ts'

const VERDICTS: Record<Verdict, string> = {
  verified: 'verified',
  'host-fault': 'the host is at fault',
  'nondeterministic-script': 'the script is nondeterministic',
  'engine-differs': 'undecided: another engine',
  incomplete: 'could not be audited',
}

export function tellSummary(
  output: Output,
  { verdict, provisioning, findings, rules, listed, services, gone, elapsedMs }: HostAudit,
): void {
  const { tell, style } = output
  if (provisioning.verdict !== 'verified') {
    tellReport(output, provisioning)
    return
  }
  for (const found of findings) tell(`${style('red', '✘')} ${lineOf(found)}`)
  for (const service of services.filter((each) => each.verdict !== 'verified'))
    tellService(output, service)
  const verified = services.filter((each) => each.verdict === 'verified')
  const calls = verified.reduce((sum, { report }) => sum + (report?.calls ?? 0), 0)
  tell('')
  if (verdict === 'verified') tell(style(['green', 'bold'], ALL_GOOD))
  else if (verdict === 'own-rules') tell(style(['yellow', 'bold'], GOOD_BUT))
  else tell(style(['red', 'bold'], `Not verified: ${VERDICTS[verdict]}.`))
  if (rules) tellRules(output, rules)
  if (!listed)
    tell(
      '  Over the DHT the audit cannot see whether the host serves a service that its log does not name.',
    )
  if (gone.length > 0)
    tell(`  Purged services whose ledger neither the host nor a mirror has: ${gone.length}.`)
  tell(`  provisioning ${provisioning.ledger}`)
  tell(`  head ${provisioning.head.length} ${provisioning.head.treeHash}`)
  tell(
    `  ${verified.length} of ${plural(services.length, 'service')} verified, ${plural(calls, 'call')}, ${secondsText(elapsedMs)}`,
  )
}

const ALL_GOOD = 'Verified: the provisioning log, and every service that it names.'

const GOOD_BUT =
  'Verified: the provisioning log, and every service that it names; but this host has rules of its own.'

/** Lists the unknown scripts, with advice. */
function tellRules({ tell, style }: Output, { known, scripts }: HostRules): void {
  if (known) return
  for (const script of scripts.filter((each) => !isKnown(each))) {
    const { entry, sha256 } = script
    const by = entry === 0 ? 'began with' : `was upgraded, at entry ${entry}, to`
    tell(
      `${style('yellow', '!')} Provisioning ${by} a script that is from no release of VMS: SHA-256 ${sha256}`,
    )
  }
  tell(
    '  That script decides who may deploy, stop and remove. The audit read its log as if it were a script of VMS. The log',
  )
  tell(
    '  contains the script: read it, then accept it with --accept-script <its SHA-256>. A newer vms may know it, too.',
  )
}

/** A finding in one line: place in the log, cause, expected and actual value. */
function lineOf({ code, cause, logged, path, expected, got }: HostFinding): string {
  const place = logged ? `provisioning entry ${logged.entry}: ` : ''
  const values = expected === null ? '' : `: expected ${expected}, got ${got ?? 'nothing'}`
  return safeText(`${place}${cause}${path === null ? '' : ` (${path})`}${values} [${code}]`)
}

function tellService({ tell, style }: Output, service: ServiceAudit): void {
  const { id, title, verdict, findings, report, error } = service
  tell(`${style('red', '✘')} ${id} ${safeText(title)}: ${VERDICTS[verdict]}`)
  const causes = [
    ...findings.map(lineOf),
    ...(report?.findings ?? []).map(
      ({ code, cause, entry }) => `${entry === null ? '' : `entry ${entry}: `}${cause} [${code}]`,
    ),
    ...(error ? [`${error.message} [${error.code}]`] : []),
  ]
  for (const cause of causes) tell(`  ${safeText(cause)}`)
}
