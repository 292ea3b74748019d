/**
 * Findings about a host of many, from its provisioning log together with the ledgers of its services. Each proven finding
 * has the bytes that prove it, so that a reader can check it without either ledger.
 */
import type { Evidence } from '../findings/evidence.ts'
import type { Severity } from '../findings/finding.ts'

/** Every code, with its default severity and the cause in words. `docs/spec/audit.md` says when each is raised. */
export const HOST_FINDINGS = {
  SERVICE_SETTING_DIFFERS: [
    'proven',
    'the host began the ledger with another setting than its deployer signed',
  ],
  SERVICE_RECORD_DIFFERS: [
    'proven',
    "the host recorded the service in its provisioning log differently from the service's ledger",
  ],
  SERVICE_LEDGER_SHARED: ['proven', 'the host gave one ledger to two deployments'],
  SERVICE_HISTORY_DIFFERS: [
    'proven',
    'the ledger has another history than the host recorded in its provisioning log',
  ],
  SERVICE_RAN_STOPPED: ['proven', 'the host ran a service that was stopped'],
  SERVICE_RAN_REMOVED: ['proven', 'the host ran a service that was removed for good'],
  SERVICE_NOT_IN_LOG: [
    'proven',
    'the host serves a ledger that its provisioning log does not name',
  ],
  SERVICE_KEPT: ['proven', 'the host keeps a ledger that its provisioning log calls purged'],
  SERVICE_STATE_DIFFERS: [
    'proven',
    'the host lists the service in another state than its provisioning log says',
  ],
  SERVICE_SHORTER: [
    'undecided',
    'this copy of the ledger is shorter than the provisioning log records: audit a newer copy',
  ],
  SERVICE_HEAD_UNKNOWN: [
    'undecided',
    'the provisioning log does not record how long the ledger was, so calls after that cannot be detected',
  ],
  SERVICE_MISPLACED: ['undecided', 'the directory of the service holds another ledger'],
  PROVISIONING_UNSIGNED: [
    'undecided',
    'the provisioning log takes callers by name without a signature, so nobody signed the deploys',
  ],
} as const satisfies Record<string, readonly [Severity, string]>

export type HostFindingCode = keyof typeof HOST_FINDINGS

/** The proof of a finding about a host. */
export interface HostEvidence {
  /** Evidence from the provisioning log, from the service's ledger, or from both. */
  readonly ledgers: readonly Evidence[]
  /** A host statement, in base64. */
  readonly statement: string | null
}

/** One finding. `expected` is the value in the provisioning log, `got` the actual one. */
export interface HostFinding {
  readonly code: HostFindingCode
  readonly severity: Severity
  /** The entry of the provisioning log that the finding is about, and the call in it; null if there is none. */
  readonly logged: { readonly entry: number; readonly call: number } | null
  /** Index of the entry in the service's ledger; null if the finding is about the whole ledger. */
  readonly entry: number | null
  /** Where in the genesis, or in the host's answer in the log, such as `$.limits.depth`. */
  readonly path: string | null
  readonly expected: string | null
  readonly got: string | null
  readonly cause: string
  /** Null if the finding is not proven. */
  readonly evidence: HostEvidence | null
}

export type HostFindingDetail = Partial<Omit<HostFinding, 'code'>>

/** Most characters of `expected` and `got`. */
const TEXT_MAX = 500

const cut = (text: string | null | undefined): string | null =>
  text == null || text.length <= TEXT_MAX
    ? (text ?? null)
    : `${text.slice(0, TEXT_MAX)}… (${text.length} characters)`

/** A finding without the bytes that prove it is reproducible: another audit of both ledgers repeats it. */
export function hostFinding(code: HostFindingCode, detail: HostFindingDetail): HostFinding {
  const [usual, cause] = HOST_FINDINGS[code]
  const { severity = usual, evidence = null } = detail
  return {
    code,
    severity: severity === 'proven' && !evidence ? 'reproducible' : severity,
    logged: detail.logged ?? null,
    entry: detail.entry ?? null,
    path: detail.path ?? null,
    expected: cut(detail.expected),
    got: cut(detail.got),
    cause: detail.cause ?? cause,
    evidence,
  }
}
