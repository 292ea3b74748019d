/** Compares the ledger of one service of a multi-service host with the provisioning log that names it. */
import { type Crypto, decodeEntry, encodeKey, parseKey } from '@vms/format'
import type { Evidence } from '../findings/evidence.ts'
import type { Finding } from '../findings/finding.ts'
import type { LedgerSource } from '../read/source.ts'
import { type HostFinding, hostFinding } from './finding.ts'
import { compareGenesis, compareRecord } from './genesis.ts'
import type { Deployment, LoggedChange, LoggedPlace, LoggedService } from './log.ts'
import { comparePositions } from './positions.ts'
import { hostEvidence, proveLedger } from './proofs.ts'
import { type Asking, askWhetherStopped } from './statements.ts'

/** Codes of findings of an audit after which the entries are not known to be the host's. Nothing in them accuses it then. */
const FOREIGN = new Set<Finding['code']>([
  'KEY_MISMATCH',
  'HEAD_UNSIGNED',
  'TREE_MISMATCH',
  'LEDGER_FORKED',
])

/** Whether an audited ledger can be compared: the auditor had all its entries, and they hash to its signed head. */
export const isComparable = ({ findings }: { readonly findings: readonly Finding[] }): boolean =>
  !findings.some(
    ({ code, part }) => FOREIGN.has(code) || (code === 'WITHHELD' && part === 'entries'),
  )

export interface Comparison {
  readonly crypto: Crypto
  /** Proves entries of the provisioning log. */
  readonly prove: (entries: readonly number[]) => Promise<Evidence | null>
  /** Asks the host for the present head of its log. Null where there is no host to ask. */
  readonly ask: Asking | null
}

/** Findings about a service from the log alone. */
export async function judgeLogged(
  { id, deployments }: LoggedService,
  { prove }: Comparison,
): Promise<HostFinding[]> {
  const [first, second] = deployments
  const findings: HostFinding[] = []
  if (first && second)
    findings.push(
      hostFinding('SERVICE_LEDGER_SHARED', {
        logged: placeOf(second),
        expected: 'a ledger of its own',
        got: `that of the deploy in entry ${first.entry}`,
        evidence: hostEvidence([await prove([first.entry, second.entry])]),
      }),
    )
  if (first && !isId(id))
    findings.push(
      hostFinding('SERVICE_RECORD_DIFFERS', {
        logged: placeOf(first),
        path: '$.id',
        expected: 'the id of a ledger',
        got: JSON.stringify(id),
        evidence: hostEvidence([await prove([first.entry])]),
      }),
    )
  return findings
}

/** Whether `id` has the form of a service id. */
export const isId = (id: string): boolean => parseKey(id) !== null

/** Findings about a service from the log and its ledger, which was audited, and {@link isComparable}. */
export async function judgeLedger(
  service: LoggedService,
  ledger: LedgerSource,
  comparison: Comparison,
): Promise<HostFinding[]> {
  const id = encodeKey(ledger.key)
  if (id !== service.id)
    return [hostFinding('SERVICE_MISPLACED', { expected: service.id, got: id })]
  return [
    ...(await judgeBeginning(service.deployments, ledger, comparison)),
    ...(await judgePositions(service.changes, ledger, comparison)),
  ]
}

async function judgeBeginning(
  deployments: readonly Deployment[],
  ledger: LedgerSource,
  { crypto, prove }: Comparison,
): Promise<HostFinding[]> {
  const blocks: Uint8Array[] = []
  for await (const block of ledger.entries(0, Math.min(2, ledger.head.length))) blocks.push(block)
  const genesis = blocks[0] && decodeEntry(blocks[0])
  if (genesis?.type !== 'genesis') return []
  const findings: HostFinding[] = []
  for (const deployment of deployments) {
    const compared = [
      ['SERVICE_SETTING_DIFFERS', compareGenesis(deployment, genesis)],
      ['SERVICE_RECORD_DIFFERS', compareRecord(deployment.made, ledger, blocks)],
    ] as const
    if (compared.every(([, mismatches]) => mismatches.length === 0)) continue
    const evidence = hostEvidence([
      await prove([deployment.entry]),
      await proveLedger(crypto, ledger, blocks.length > 1 ? [0, 1] : [0]),
    ])
    const logged = placeOf(deployment)
    for (const [code, mismatches] of compared)
      for (const mismatch of mismatches)
        findings.push(hostFinding(code, { logged, entry: 0, ...mismatch, evidence }))
  }
  return findings
}

async function judgePositions(
  changes: readonly LoggedChange[],
  ledger: LedgerSource,
  { crypto, prove, ask }: Comparison,
): Promise<HostFinding[]> {
  const { differing, shorter, unknown, ran } = await comparePositions(crypto, ledger, changes)
  const findings: HostFinding[] = []
  if (differing) {
    const { change, got } = differing
    const evidence = hostEvidence([
      await prove([change.entry]),
      await proveLedger(crypto, ledger, [], [change.head?.length ?? 0]),
    ])
    const expected = `${change.head?.treeHash} at ${change.head?.length} entries`
    findings.push(
      hostFinding('SERVICE_HISTORY_DIFFERS', { logged: placeOf(change), expected, got, evidence }),
    )
  }
  for (const { change, entry, isOpen } of ran) {
    const asked = isOpen ? await askWhetherStopped(crypto, ledger, change, ask) : null
    if (asked?.isStopped === false) continue
    const code = change.state === 'stopped' ? 'SERVICE_RAN_STOPPED' : 'SERVICE_RAN_REMOVED'
    findings.push(
      hostFinding(code, {
        logged: placeOf(change),
        entry,
        expected: `no call or alarm after the first ${change.head?.length} entries`,
        got: `entry ${entry} runs the script`,
        evidence: hostEvidence(
          [await prove([change.entry]), await proveLedger(crypto, ledger, [entry])],
          asked?.statement,
        ),
        ...(isOpen && !asked && OPEN),
      }),
    )
  }
  if (shorter)
    findings.push(
      hostFinding('SERVICE_SHORTER', {
        logged: placeOf(shorter),
        expected: `${shorter.head?.length} entries or more`,
        got: `${ledger.head.length}`,
      }),
    )
  if (unknown) findings.push(hostFinding('SERVICE_HEAD_UNKNOWN', { logged: placeOf(unknown) }))
  return findings
}

/** The cause of a finding while this copy of the log may be older than the service. */
const OPEN = {
  severity: 'undecided',
  cause:
    'the service ran after it was stopped, or this copy of the provisioning log is older than a later start',
} as const

const placeOf = ({ entry, call }: LoggedPlace): LoggedPlace => ({ entry, call })
